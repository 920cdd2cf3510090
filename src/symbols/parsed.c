/* SPDX-License-Identifier: GPL-2.0-or-later */
#include <errno.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "symbols/cfi_check.h"
#include "symbols/debug_file.h"
#include "symbols/dwarf_lines.h"
#include "util/heap.h"
#include "symbols/module_key.h"
#include "symbols/parsed.h"
#include "symbols/native.h"

#define PAGE      4096u
#define TRIES_MAX 4 /* by different processes */
/* 20 to 30 ms at most. glibc's debug file is larger, a program of about 100,000 lines is smaller. */
#define QUICK_WORK (32u << 20)

struct parsed {
	struct parsed *next; /* in the cache */
	unsigned users;
	struct module_key key; /* size 0: from memory */
	struct elf_file main, debug, mini;
	GElf_Phdr loads[LOADS_MAX];
	size_t load_count;
	bool native, debug_tried, symbols_tried, eh_tried, lines_tried, quick_known, quick;
	/* Which process was refused its symbols: another one, with more left, may try again. 0: none. */
	pid_t refused_for;
	unsigned tries;
	struct symtab functions, objects;
	Dwarf_CFI *eh;
	struct dwarf_lines *lines;
};

/* The cache of modules in use. A module leaves it with its last user. */
static struct parsed *modules;

static void read_loads(struct parsed *m)
{
	for (size_t i = 0; i < m->main.phdrs && m->load_count < LOADS_MAX; i++) {
		GElf_Phdr *ph = &m->loads[m->load_count];

		if (gelf_getphdr(m->main.elf, (int)i, ph) && ph->p_type == PT_LOAD &&
		    ph->p_vaddr + ph->p_memsz >= ph->p_vaddr && ph->p_offset + ph->p_filesz >= ph->p_offset)
			m->load_count++;
	}
}

static struct parsed *make(const struct elf_file *f)
{
	struct parsed *m = HEAP_NEW(struct parsed, 1);
	GElf_Ehdr ehdr;

	m->main = *f;
	m->debug.fd = m->mini.fd = -1;
	m->users = 1;
	read_loads(m);
	m->native = gelf_getehdr(f->elf, &ehdr) && ehdr.e_machine == native_machine &&
		    gelf_getclass(f->elf) == ELFCLASS64;
	m->next = modules;
	modules = m;
	return m;
}

int parsed__open_fd(int fd, struct parsed **ret)
{
	struct module_key key;
	struct elf_file f;
	struct parsed *m;
	struct stat st;
	int err;

	if (fstat(fd, &st) < 0) {
		err = -errno;
		close(fd);
		return err;
	}
	key = module_key__of(&st);
	for (m = modules; m; m = m->next) {
		if (module_key__same(&m->key, &key)) {
			close(fd);
			*ret = parsed__get(m);
			return 0;
		}
	}
	err = elf_file__open_fd(fd, &f);
	if (err)
		return err;
	m = make(&f);
	memcpy(&m->key, &key, sizeof(key));
	*ret = m;
	return 0;
}

int parsed__open_memory(const void *image, size_t len, struct parsed **ret)
{
	struct elf_file f;
	struct parsed *m;
	void *copy;
	int err;

	for (m = modules; m; m = m->next) {
		if (m->main.memory && m->main.bytes == len && memcmp(m->main.memory, image, len) == 0) {
			*ret = parsed__get(m);
			return 0;
		}
	}
	copy = heap__copy(image, len);
	err = elf_file__open_memory(copy, len, NULL, &f);
	if (err)
		return err;
	m = make(&f);
	*ret = m;
	return 0;
}

struct parsed *parsed__get(struct parsed *m)
{
	m->users++;
	return m;
}

void parsed__put(struct parsed *m)
{
	struct parsed **at = &modules;

	if (!m || --m->users)
		return;
	while (*at != m)
		at = &(*at)->next;
	*at = m->next;
	symtab__free(&m->functions);
	symtab__free(&m->objects);
	dwarf_lines__free(m->lines);
	if (m->eh)
		dwarf_cfi_end(m->eh);
	elf_file__close(&m->mini);
	elf_file__close(&m->debug);
	elf_file__close(&m->main);
	free(m);
}

/* ---- addresses ---------------------------------------------------------- */

size_t parsed__loads(const struct parsed *m, const GElf_Phdr **ret)
{
	*ret = m->loads;
	return m->load_count;
}

uint64_t parsed__start(const struct parsed *m)
{
	uint64_t start = UINT64_MAX;

	for (size_t i = 0; i < m->load_count; i++)
		if (m->loads[i].p_vaddr < start)
			start = m->loads[i].p_vaddr;
	return m->load_count ? start & ~(uint64_t)(PAGE - 1) : 0;
}

uint64_t parsed__end(const struct parsed *m)
{
	uint64_t end = 0;

	for (size_t i = 0; i < m->load_count; i++)
		if (m->loads[i].p_vaddr + m->loads[i].p_memsz > end)
			end = m->loads[i].p_vaddr + m->loads[i].p_memsz;
	return end;
}

uint64_t parsed__entry(const struct parsed *m)
{
	GElf_Ehdr ehdr;

	return gelf_getehdr(m->main.elf, &ehdr) ? ehdr.e_entry : 0;
}

bool parsed__is_native(const struct parsed *m)
{
	return m->native;
}

/* ---- symbols ------------------------------------------------------------- */

static void load_debug(struct parsed *m, const struct module_place *at)
{
	if (m->debug_tried)
		return;
	m->debug_tried = true;
	/* An image from memory is the vDSO, whose symbols are installed with the kernel, if at all. */
	if (at->path && at->path[0] == '/')
		debug_file__open(&m->main, at, &m->debug);
}

/* All symbols but the exported ones. False: the file has no others, or they cost too much. */
static bool add_inner_symbols(struct parsed *m, const struct module_place *at, bool *ret_refused)
{
	GElf_Shdr shdr;
	int err = 0;

	if (!elf_file__section(&m->main, NULL, SHT_SYMTAB, &shdr)) {
		load_debug(m, at);
		if (m->debug.elf)
			symtab__add(&m->functions, &m->objects, &m->debug, SHT_SYMTAB);
		else
			err = debug_file__unpack_mini(&m->main, &m->mini);
		if (!m->debug.elf && !err)
			symtab__add(&m->functions, &m->objects, &m->mini, SHT_SYMTAB);
	}
	symtab__add(&m->functions, &m->objects, &m->main, SHT_SYMTAB);
	*ret_refused = err == -E2BIG || m->functions.refused || m->objects.refused;
	return !err;
}

static bool finish_symbols(struct parsed *m, bool all)
{
	symtab__add(&m->functions, &m->objects, &m->main, SHT_DYNSYM);
	/* The end of a symbol without a size is unknown if the next symbol may be missing. */
	if (!all)
		symtab__drop_sizeless(&m->functions);
	symtab__add_plt(&m->functions, &m->main);
	symtab__finish(&m->functions);
	symtab__finish(&m->objects);
	return !m->functions.refused && !m->objects.refused;
}

static void drop_symbols(struct parsed *m)
{
	symtab__free(&m->functions);
	symtab__free(&m->objects);
	elf_file__close(&m->mini);
}

static pid_t pid_of(const struct module_place *at)
{
	return at->process ? process__pid(at->process) : at->pid;
}

/* Where all symbols cost too much, the exported ones alone may not; half of a table would be worth nothing.
 */
static void read_symbols(struct parsed *m, const struct module_place *at)
{
	bool refused, all = add_inner_symbols(m, at, &refused);

	if (!refused && finish_symbols(m, all))
		return;
	m->refused_for = pid_of(at);
	budget__refuse(m->main.id);
	drop_symbols(m);
	if (!finish_symbols(m, false))
		drop_symbols(m);
}

/* A file whose symbols were refused for one process may be affordable for another. */
static bool may_try(const struct parsed *m, bool tried, const struct module_place *at)
{
	return !tried ||
	       (m->refused_for && pid_of(at) && m->refused_for != pid_of(at) && m->tries < TRIES_MAX);
}

static void load_symbols(struct parsed *m, const struct module_place *at)
{
	if (!may_try(m, m->symbols_tried, at))
		return;
	budget__begin(process__budget(at->process), BUDGET_NAMES);
	if (m->symbols_tried)
		drop_symbols(m);
	m->symbols_tried = true;
	m->tries++;
	m->refused_for = 0;
	read_symbols(m, at);
	budget__end();
}

const struct elf_symbol *parsed__function(struct parsed *m, const struct module_place *at, uint64_t vaddr)
{
	load_symbols(m, at);
	return symtab__find(&m->functions, vaddr);
}

const struct elf_symbol *parsed__object(struct parsed *m, const struct module_place *at, uint64_t vaddr)
{
	load_symbols(m, at);
	return symtab__find(&m->objects, vaddr);
}

/* ---- call frame information, lines ---------------------------------------- */

Dwarf_CFI *parsed__eh_frame(struct parsed *m, const struct module_place *at)
{
	if (!m->eh_tried) {
		m->eh_tried = true;
		budget__begin(process__budget(at->process), BUDGET_STACKS);
		if (m->native && cfi_check__eh_frame(&m->main))
			m->eh = dwarf_getcfi_elf(m->main.elf);
		budget__end();
	}
	return m->eh;
}

struct dwarf_lines *parsed__lines(struct parsed *m, const struct module_place *at)
{
	if (m->lines_tried)
		return m->lines;
	m->lines_tried = true;
	budget__begin(process__budget(at->process), BUDGET_NAMES);
	if (dwarf_lines__new(&m->main, at, &m->lines) != 0) {
		load_debug(m, at);
		if (m->debug.elf)
			dwarf_lines__new(&m->debug, at, &m->lines);
	}
	budget__end();
	return m->lines;
}

bool parsed__lines_quick(struct parsed *m, const struct module_place *at)
{
	uint64_t work;

	if (m->quick_known)
		return m->quick;
	budget__begin(process__budget(at->process), BUDGET_NAMES);
	work = dwarf_lines__work(&m->main);
	if (!work) {
		load_debug(m, at);
		work = m->debug.elf ? dwarf_lines__work(&m->debug) : 0;
	}
	budget__end();
	m->quick_known = true;
	m->quick = work && work <= QUICK_WORK;
	return m->quick;
}

Dwarf_CFI *parsed__debug_frame(struct parsed *m, const struct module_place *at)
{
	struct dwarf_lines *lines = m->native ? parsed__lines(m, at) : NULL;

	return lines ? dwarf_lines__cfi(lines) : NULL;
}
