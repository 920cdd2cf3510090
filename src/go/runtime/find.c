/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Finds the version and the line tables, from the file or by a search. */
#include "go/runtime/reader.h"

#include <stdlib.h>

#include "util/heap.h"

#define STEP     (1u << 20)
#define SCAN_MAX (1ull << 30) /* bytes of one segment */
#define OVERLAP  64

typedef bool (*match_fn)(const struct goroutines *r, const uint8_t *at, uint64_t address, void *arg);

/*
 * Calls match at each multiple of align in [start, end) until it returns true; OVERLAP bytes are readable.
 * Returns that address or 0.
 */
static uint64_t scan(const struct go_memory *m, uint64_t start, uint64_t end, unsigned align, match_fn match,
		     const struct goroutines *r, void *arg)
{
	uint8_t *buf = heap__alloc(STEP + OVERLAP);
	uint64_t found = 0;

	if (end - start > SCAN_MAX)
		end = start + SCAN_MAX;
	start = (start + align - 1) & ~(uint64_t)(align - 1);
	while (start < end && !found) {
		size_t want = end - start < STEP + OVERLAP ? (size_t)(end - start) : STEP + OVERLAP;
		ssize_t got = m->read(m->arg, start, buf, want);

		if (got <= 0) {
			start = (start & ~(uint64_t)4095) + 4096; /* a hole */
			continue;
		}
		memset(buf + got, 0, STEP + OVERLAP - (size_t)got);
		for (size_t i = 0; i < (size_t)got && i < STEP && !found; i += align)
			if (match(r, buf + i, start + i, arg))
				found = start + i;
		start += (size_t)got > STEP ? STEP : (size_t)got;
		start = (start + align - 1) & ~(uint64_t)(align - 1);
	}
	free(buf);
	return found;
}

/* ---- version ------------------------------------------------------------------------ */

static const char build_magic[] = "\xff Go buildinf:";

static bool match_buildinfo(const struct goroutines *r, const uint8_t *at, uint64_t address, void *arg)
{
	(void)r, (void)address, (void)arg;
	return !memcmp(at, build_magic, 14);
}

static bool take_version(const struct go_memory *m, uint64_t address, uint64_t len, char *text, size_t size)
{
	if (!len || len > 4096)
		return false;
	if (len > size - 1)
		len = size - 1;
	if (!go_memory__read(m, address, text, (size_t)len))
		return false;
	text[len] = '\0';
	for (size_t i = 0; i < len; i++)
		if (text[i] < ' ' || text[i] > '~')
			return false;
	return true;
}

static bool take_string(const struct go_memory *m, uint64_t header, char *text, size_t size)
{
	uint64_t string[2];

	return header && go_memory__read(m, header, string, sizeof(string)) &&
	       take_version(m, string[0], string[1], text, size);
}

bool go_find__version(const struct go_memory *m, const struct go_image *image, char *text, size_t size)
{
	uint64_t at = image->buildinfo, pointer;
	uint8_t raw[34];

	for (unsigned i = 0; i < image->segment_count && !at && !image->has_sections; i++)
		if (!image->segments[i].executable)
			at = scan(m, image->segments[i].start, image->segments[i].end, 16, match_buildinfo,
				  NULL, NULL);
	if (at && go_memory__read(m, at, raw, sizeof(raw)) && !memcmp(raw, build_magic, 14)) {
		if (raw[15] & 2) /* the length is a varint, and no version has 128 characters */
			return take_version(m, at + 33, raw[32] & 0x7f, text, size);
		memcpy(&pointer, raw + 16, 8);
		if (take_string(m, pointer, text, size))
			return true;
	}
	return take_string(m, image->version, text, size);
}

/* ---- line tables -------------------------------------------------------------------- */

static bool is_pclntab(const uint8_t *at)
{
	uint32_t magic = raw_u32(at, 0);

	return (magic == 0xfffffffa || magic == 0xfffffff0 || magic == 0xfffffff1) && !at[4] && !at[5] &&
	       (at[6] == 1 || at[6] == 4) && at[7] == 8;
}

/* A word that points back distinguishes moduledata from similar data. */
static bool match_moduledata(const struct goroutines *r, const uint8_t *at, uint64_t address, void *arg)
{
	const uint64_t *want = arg; /* pclntab, its function names */
	struct go_module m;

	return raw_u64(at, 0) == want[0] && raw_u64(at, 8) == want[1] &&
	       go_module__read(&m, &r->layout, &r->memory, r->cache, address, want[0]);
}

static bool find_moduledata(struct goroutines *r, uint64_t pclntab)
{
	uint64_t want[2] = {pclntab, 0}, names, at = 0;

	if (r->image.moduledata &&
	    go_module__read(&r->module, &r->layout, &r->memory, r->cache, r->image.moduledata, pclntab))
		return true;
	if (!go_memory__u64(&r->memory, pclntab + (uint64_t)r->layout.off[GO_pcHeader_funcnameOffset],
			    &names))
		return false;
	want[1] = pclntab + names;
	for (unsigned i = 0; i < r->image.segment_count && !at; i++)
		if (r->image.segments[i].writable)
			at = scan(&r->memory, r->image.segments[i].start, r->image.segments[i].end, 8,
				  match_moduledata, r, want);
	return at && go_module__read(&r->module, &r->layout, &r->memory, r->cache, at, pclntab);
}

static bool match_pclntab(const struct goroutines *r, const uint8_t *at, uint64_t address, void *arg)
{
	(void)arg;
	return is_pclntab(at) && find_moduledata((struct goroutines *)r, address);
}

const char *go_find__module(struct goroutines *r)
{
	uint8_t header[16];

	if (r->image.pclntab && go_memory__read(&r->memory, r->image.pclntab, header, sizeof(header)) &&
	    is_pclntab(header) && find_moduledata(r, r->image.pclntab))
		return NULL;
	for (unsigned i = 0; i < r->image.segment_count; i++)
		if (!r->image.segments[i].executable &&
		    scan(&r->memory, r->image.segments[i].start, r->image.segments[i].end, 8, match_pclntab,
			 r, NULL))
			return NULL;
	return "its line tables were not found: the program is obfuscated, or the tables are damaged";
}
