/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Writes a recording of a Go program that holds still: goroutines_record PID FILE. See record.h. */
#include <errno.h>
#include <stdio.h>
#include <stdlib.h>

#include "record.h"

#define PAGE 256u /* what is kept together */

static struct {
	struct process *process;
	uint64_t *pages;
	size_t count, room;
} rec;

static void note(uint64_t address, size_t len)
{
	for (uint64_t page = address / PAGE; page <= (address + len - 1) / PAGE; page++) {
		if (rec.count == rec.room) {
			rec.room = rec.room ? rec.room * 2 : 4096;
			rec.pages = realloc(rec.pages, rec.room * sizeof(*rec.pages));
			if (!rec.pages)
				abort();
		}
		rec.pages[rec.count++] = page;
	}
}

static ssize_t read_noted(void *arg, uint64_t address, void *buf, size_t len)
{
	ssize_t got = process__read(arg, address, buf, len);

	if (got > 0)
		note(address, (size_t)got);
	return got;
}

static int read_many_noted(void *arg, struct memory_piece *list, size_t n)
{
	for (size_t i = 0; i < n; i++)
		list[i].got = read_noted(arg, list[i].address, list[i].buf, list[i].len);
	return 0;
}

static int names(const struct goroutine *g, void *arg)
{
	static struct frame list[4096];
	struct frame f;

	goroutines__frames(arg, g->stack, list, 4096);
	goroutines__code(arg, g->gopc, true, &f);
	return 0;
}

static int by_number(const void *a, const void *b)
{
	uint64_t x = *(const uint64_t *)a, y = *(const uint64_t *)b;

	return (x > y) - (x < y);
}

static void write_blocks(FILE *f)
{
	qsort(rec.pages, rec.count, sizeof(*rec.pages), by_number);
	for (size_t i = 0; i < rec.count;) {
		uint64_t first = rec.pages[i], last = first, head[2];
		uint8_t *bytes;
		ssize_t got;

		while (i < rec.count && rec.pages[i] <= last + 1)
			last = rec.pages[i++];
		head[0] = first * PAGE;
		head[1] = (last - first + 1) * PAGE;
		bytes = malloc(head[1]);
		got = bytes ? process__read(rec.process, head[0], bytes, head[1]) : 0;
		if (got > 0) {
			head[1] = (uint64_t)got;
			fwrite(head, sizeof(head), 1, f);
			fwrite(bytes, (size_t)got, 1, f);
		}
		free(bytes);
	}
}

int main(int argc, char **argv)
{
	struct go_memory memory = {read_noted, read_many_noted, NULL};
	struct goroutines_refusal why;
	struct go_scheduler scheduler;
	struct goroutines *r;
	struct go_image image;
	struct goroutines_count count;
	struct go_timers timers;
	struct arena arena = {0};
	FILE *f;

	if (argc != 3 || process__open(atoi(argv[1]), &rec.process) || go_image__read(rec.process, &image))
		return 2;
	memory.arg = rec.process;
	if (goroutines__open_memory(&memory, &image, &r, &why)) {
		fprintf(stderr, "%s\n", why.reason);
		return 4;
	}
	goroutines__read(r, GOROUTINES_LABELS | GOROUTINES_FDS, names, r, NULL);
	goroutines__count(r, &count);
	goroutines__scheduler(r, &scheduler);
	goroutines__timers(r, &arena, &timers);
	arena__free(&arena);
	f = fopen(argv[2], "we");
	if (!f)
		return 1;
	fwrite(RECORD_MAGIC, 8, 1, f);
	fwrite(&image, sizeof(image), 1, f);
	write_blocks(f);
	goroutines__close(r);
	process__close(rec.process);
	free(rec.pages);
	return fclose(f) != 0;
}
