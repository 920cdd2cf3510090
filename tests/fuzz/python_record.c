/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Writes a recording of a Python program that holds still: python_record PID FILE. See python_record.h. */
#include <stdio.h>
#include <stdlib.h>

#include "tests/fuzz/python_record.h"

#define PAGE  64u /* what is kept together */
#define PAGES (1u << 20)

static struct {
	const struct process *process;
	uint64_t pages[PAGES];
	size_t count;
} rec;

static ssize_t read_noted(const void *of, uint64_t address, void *buf, size_t len)
{
	ssize_t got = process__read(of, address, buf, len);

	for (uint64_t page = address / PAGE; got > 0 && page <= (address + (uint64_t)got - 1) / PAGE; page++)
		if (rec.count < PAGES)
			rec.pages[rec.count++] = page;
	return got;
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
	struct process *p;
	struct mappings maps;
	struct python *py;
	uint64_t head[2];
	FILE *f;

	if (argc != 3 || process__open(atoi(argv[1]), &p) || process__mappings(p, &maps) ||
	    python__open(p, &maps, &py))
		return 2;
	rec.process = p;
	py->memory.read = read_noted;
	py->memory.read_many = NULL;
	if (py->layout.minor >= PYTHON_OWN_TABLE)
		python_layout__own(&py->layout, &py->memory, py->runtime);
	python_record__read_all(py);
	head[0] = py->runtime;
	head[1] = py->layout.minor;
	f = fopen(argv[2], "we");
	if (!f)
		return 1;
	fwrite(PYTHON_RECORD_MAGIC, 8, 1, f);
	fwrite(head, sizeof(head), 1, f);
	write_blocks(f);
	python__close(py);
	mappings__free(&maps);
	process__close(p);
	return fclose(f) != 0;
}
