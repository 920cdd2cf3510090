/* SPDX-License-Identifier: GPL-2.0-or-later */
#include <errno.h>
#include <stdlib.h>
#include <string.h>

#include "symbols/images.h"

#include "util/heap.h"

#define VDSO_BYTES_MAX (256u << 10)

static bool same(const struct image *a, const struct image *b)
{
	return a->start == b->start && a->end == b->end && a->offset == b->offset && a->inode == b->inode &&
	       a->dev_major == b->dev_major && a->dev_minor == b->dev_minor && a->path == b->path;
}

bool images__update(struct images *i, const struct mappings *maps, struct strings *strings)
{
	struct image *list = HEAP_NEW(struct image, maps->count + 1);
	size_t n = 0, old = 0;
	bool changed = false;

	for (size_t at = 0; at < maps->count; at++) {
		const struct mapping *m = &maps->list[at];
		struct image *im = &list[n];

		if (!m->executable)
			continue;
		*im = (struct image){.start = m->start,
				     .end = m->end,
				     .offset = m->offset,
				     .inode = m->inode,
				     .dev_major = m->dev_major,
				     .dev_minor = m->dev_minor,
				     .path = strings__keep(strings, m->path)};
		if (!im->path)
			continue;
		n++;
		/* Both lists are sorted by address. */
		while (old < i->count && i->list[old].start < im->start)
			old++;
		if (old < i->count && same(im, &i->list[old])) {
			*im = i->list[old];
			i->list[old].module = NULL;
		} else {
			changed = true;
		}
	}
	changed |= n != i->count;
	images__free(i);
	i->list = list;
	i->count = n;
	return changed;
}

void images__free(struct images *i)
{
	for (size_t at = 0; at < i->count; at++)
		module__put(i->list[at].module);
	free(i->list);
	memset(i, 0, sizeof(*i));
}

struct image *images__find(const struct images *i, uint64_t address)
{
	size_t low = 0, high = i->count;

	while (low < high) {
		size_t mid = low + (high - low) / 2;

		if (i->list[mid].end <= address)
			low = mid + 1;
		else
			high = mid;
	}
	return low < i->count && address >= i->list[low].start ? &i->list[low] : NULL;
}

/* The vDSO has no file: its ELF image is in the target's memory. */
static void open_vdso(struct image *im, const struct process *p)
{
	size_t len = im->end - im->start;
	void *image;
	ssize_t got;

	if (len > VDSO_BYTES_MAX)
		return;
	image = heap__alloc(len);
	got = process__read(p, im->start, image, len);
	if (got > 0 && module__open_memory(image, (size_t)got, &im->module) == 0)
		im->bias = im->start - module__start(im->module);
	free(image);
}

static void open_module(struct image *im, const struct process *p, const struct mappings *maps)
{
	const struct mapping *m = mappings__find(maps, im->start);
	struct module_place at = {.process = p, .path = im->path};
	struct found_file file;
	uint64_t vaddr;

	if (!m || process__find_mapping(p, m, &file) || module__open_file(&file, &at, &im->module))
		return;
	if (module__vaddr(im->module, im->offset, true, &vaddr)) {
		im->bias = im->start - vaddr;
	} else { /* mapped, but not by a loader */
		module__put(im->module);
		im->module = NULL;
	}
}

struct module *image__module(struct image *im, const struct process *p, const struct mappings *maps)
{
	if (im->tried)
		return im->module;
	im->tried = true;
	budget__begin(process__budget(p), BUDGET_STACKS);
	if (strcmp(im->path, "[vdso]") == 0)
		open_vdso(im, p);
	else
		open_module(im, p, maps);
	budget__end();
	return im->module;
}

static bool same_file(const struct image *im, const struct mapping *m)
{
	return im->inode == m->inode && im->dev_major == m->dev_major && im->dev_minor == m->dev_minor;
}

struct image *images__find_data(const struct images *i, const struct mappings *maps, uint64_t address)
{
	const struct mapping *m = mappings__find(maps, address);
	struct image *nearest = NULL;

	/* .bss is anonymous, directly after the file's last mapping. */
	while (m && !m->inode && m > maps->list && m[-1].end == m->start)
		m--;
	if (!m || !m->inode)
		return NULL;
	/* A file can be mapped twice (dlmopen): its data follow its own code. */
	for (size_t at = 0; at < i->count && i->list[at].start < m->end; at++)
		if (same_file(&i->list[at], m))
			nearest = &i->list[at];
	if (nearest)
		return nearest;
	for (size_t at = 0; at < i->count; at++) /* data before code, as lld does */
		if (same_file(&i->list[at], m))
			return &i->list[at];
	return NULL;
}
