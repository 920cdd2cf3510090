// SPDX-License-Identifier: GPL-2.0-or-later
/* Whether a process has Python, which version, and where its _PyRuntime is. */
#include <errno.h>
#include <stdlib.h>

#include "python/runtime/reader.h"
#include "symbols/mapped_file.h"
#include "symbols/symtab.h"
#include "util/heap.h"
#include "util/text.h"

#define FILES_TRIED 8

static ssize_t read_process(const void *of, uint64_t address, void *buf, size_t len)
{
	return process__read(of, address, buf, len);
}

static void read_pieces(const void *of, struct memory_piece *list, size_t n)
{
	for (size_t i = 0; i < n; i++)
		list[i].got = -EFAULT;
	process__read_many(of, list, n);
}

/* "python3.11", "libpython3.11.so.1.0"; by no more than its name, so that others cost nothing. */
static bool may_be_python(const struct mapping *m)
{
	const char *name = path_basename(m->path);

	return m->path[0] == '/' && (starts_with(name, "python") || starts_with(name, "libpython"));
}

/* The minor version in such a name; 0: none, 255: of another major version. */
static unsigned named_minor(const char *path)
{
	const char *digits = strstr(path_basename(path), "python");

	digits += strlen("python");
	if (*digits < '0' || *digits > '9' || digits[1] != '.')
		return 0;
	return *digits == '3' ? (unsigned)strtoul(digits + 2, NULL, 10) : 255;
}

/* Where its first segment is mapped, less where the file says. */
static bool bias_of(const struct elf_file *f, const struct mapping *first, uint64_t *ret)
{
	for (size_t i = 0; i < f->phdrs; i++) {
		GElf_Phdr ph;

		if (!gelf_getphdr(f->elf, (int)i, &ph) || ph.p_type != PT_LOAD)
			continue;
		if (first->offset <= ph.p_offset && ph.p_offset - first->offset < 65536) {
			*ret = first->start + (ph.p_offset - first->offset) - ph.p_vaddr;
			return true;
		}
	}
	return false;
}

struct symbols {
	uint64_t runtime, version; /* 0: none */
};

static void find_symbols(struct elf_file *f, uint32_t type, uint64_t bias, struct symbols *ret)
{
	struct symtab functions = {0}, objects = {0};

	symtab__add(&functions, &objects, f, type);
	for (size_t i = 0; i < objects.count; i++) {
		const struct elf_symbol *s = &objects.list[i];

		if (!s->name)
			continue;
		if (!strcmp(s->name, "_PyRuntime"))
			ret->runtime = s->start + bias;
		else if (!strcmp(s->name, "Py_Version"))
			ret->version = s->start + bias;
	}
	symtab__free(&functions);
	symtab__free(&objects);
}

struct reading {
	struct mapping first; /* only numbers */
	struct symbols to;
};

static int read_symbols(struct elf_file *f, void *arg)
{
	struct reading *r = arg;
	uint64_t bias;

	if (bias_of(f, &r->first, &bias)) {
		find_symbols(f, SHT_DYNSYM, bias, &r->to);
		if (!r->to.runtime)
			find_symbols(f, SHT_SYMTAB, bias, &r->to);
	}
	return r->to.runtime ? 0 : -ENOEXEC;
}

static int read_file(const struct process *p, const struct mapping *first, struct symbols *ret)
{
	struct reading r = {.first = {.start = first->start, .offset = first->offset}};
	int err = mapped_file__read(p, first, read_symbols, &r, sizeof(r));

	if (!err)
		*ret = r.to;
	return err;
}

/* By its own constant from 3.11 on (0x030b02f0), else by the file's name. */
static unsigned minor_of(const struct python_memory *m, const struct symbols *s, const char *path)
{
	uint64_t word = 0;

	if (s->version && python_memory__read(m, s->version, &word, 4) && word >> 24 == 3)
		return (unsigned)(word >> 16 & 0xff);
	return named_minor(path);
}

static bool choose(struct python *py, const struct symbols *s, const char *path)
{
	py->runtime = s->runtime;
	if (!python_layout__choose(&py->layout, minor_of(&py->memory, s, path)))
		return false;
	if (py->layout.minor >= PYTHON_OWN_TABLE &&
	    !python_layout__own(&py->layout, &py->memory, py->runtime))
		return false;
	return python__fits(&py->layout);
}

int python__open(const struct process *p, const struct mappings *maps, struct python **ret)
{
	struct python py = {.memory = {read_process, read_pieces, p}};
	const char *last = "";
	size_t tried = 0;

	for (size_t i = 0; i < maps->count && tried < FILES_TRIED; i++) {
		const struct mapping *m = &maps->list[i];
		struct symbols s = {0};

		if (!may_be_python(m) || !strcmp(m->path, last))
			continue;
		last = m->path;
		tried++;
		if (named_minor(m->path) == 255 || read_file(p, m, &s) || !choose(&py, &s, m->path))
			continue;
		*ret = heap__copy(&py, sizeof(py));
		return 0;
	}
	return -ENOEXEC;
}

void python__close(struct python *py)
{
	if (py) {
		free(py->states);
		free(py->ahead);
	}
	free(py);
}
