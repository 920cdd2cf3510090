/* SPDX-License-Identifier: GPL-2.0-or-later */
/* /proc/kallsyms: "address type name\t[module]", sorted here. */
#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "symbols/symbols.h"
#include "util/array.h"
#include "util/heap.h"

struct kernel_symbol {
	uint64_t start;
	uint32_t name, module; /* offsets into text; module 0: the kernel itself */
};

struct kernel_symbols {
	char *text;
	size_t used, room;
	struct kernel_symbol *list;
	size_t count, list_room;
};

static uint32_t keep(struct kernel_symbols *k, const char *s)
{
	size_t n = strlen(s) + 1;

	if (k->used + n > UINT32_MAX)
		return 0;
	ARRAY_RESERVE(k->text, k->room, k->used + n);
	memcpy(k->text + k->used, s, n);
	k->used += n;
	return (uint32_t)(k->used - n);
}

static int push(struct kernel_symbols *k, uint64_t start, const char *name, uint32_t module)
{
	uint32_t at = keep(k, name);
	if (!at)
		return -E2BIG;
	*ARRAY_ADD(k->list, k->count, k->list_room) = (struct kernel_symbol){start, at, module};
	return 0;
}

static int compare(const void *a, const void *b)
{
	const struct kernel_symbol *x = a, *y = b;

	if (x->start != y->start)
		return x->start < y->start ? -1 : 1;
	/* In the order of the file: offsets grow. */
	return x->name < y->name ? -1 : x->name > y->name;
}

static int read_all(struct kernel_symbols *k)
{
	char line[1024], name[512], module[128], last[128] = "";
	uint32_t module_at = 0;
	FILE *f = fopen("/proc/kallsyms", "re");
	int err = 0;

	if (!f)
		return 0; /* a kernel without it: no names, which is not an error */
	keep(k, "?");     /* so that offset 0 means no name */
	while (!err && fgets(line, sizeof(line), f)) {
		unsigned long long start;
		char type;
		int n = sscanf(line, "%llx %c %511s [%127[^]]]", &start, &type, name, module);

		/* kptr_restrict shows zeros */
		if (n < 3 || !start || !strchr("tTwW", type))
			continue;
		if (n == 4 && strcmp(module, last) != 0) {
			snprintf(last, sizeof(last), "%s", module);
			module_at = keep(k, module);
		}
		err = push(k, start, name, n == 4 ? module_at : 0);
	}
	fclose(f);
	if (k->count)
		qsort(k->list, k->count, sizeof(*k->list), compare);
	return err;
}

int kernel_symbols__new(struct kernel_symbols **ret)
{
	struct kernel_symbols *k = HEAP_NEW(struct kernel_symbols, 1);
	int err = read_all(k);

	if (err) {
		kernel_symbols__free(k);
		return err;
	}
	*ret = k;
	return 0;
}

void kernel_symbols__free(struct kernel_symbols *k)
{
	if (!k)
		return;
	free(k->text);
	free(k->list);
	free(k);
}

int kernel_symbols__lookup(struct kernel_symbols *k, uint64_t address, struct frame *ret)
{
	size_t low = 0, high = k->count;

	memset(ret, 0, sizeof(*ret));
	while (low < high) {
		size_t mid = low + (high - low) / 2;

		if (k->list[mid].start <= address)
			low = mid + 1;
		else
			high = mid;
	}
	if (!low)
		return 0;
	/* The kernel itself uses the first of several names for one address (kallsyms_lookup). */
	size_t i = low - 1;
	while (i && k->list[i - 1].start == k->list[i].start)
		i--;
	ret->function = k->text + k->list[i].name;
	ret->offset = address - k->list[i].start;
	ret->module = k->list[i].module ? k->text + k->list[i].module : NULL;
	return 0;
}
