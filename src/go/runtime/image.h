/* SPDX-License-Identifier: GPL-2.0-or-later */
/* What the executable file says of where things are in the process: hints, to be checked in memory. */
#ifndef TS_GO_RUNTIME_IMAGE_H
#define TS_GO_RUNTIME_IMAGE_H

#include <stdbool.h>
#include <stdint.h>

#include "target/process.h"

#define GO_SEGMENTS_MAX 16

struct go_segment {
	uint64_t start, end;
	bool writable, executable;
};

/* Addresses in the process; 0: the file does not say. */
struct go_image {
	bool arm64;
	struct go_segment segments[GO_SEGMENTS_MAX];
	unsigned segment_count;
	bool has_sections; /* without them only a scan can tell a Go program */
	uint64_t buildinfo, pclntab, moduledata;
	uint64_t version; /* runtime.buildVersion: a string header */
	uint64_t allgs, sched, allp, semtable, gcphase;
};

/* -ENOEXEC: no 64-bit ELF file for amd64 or arm64; others: it cannot be read. */
int go_image__read(const struct process *p, struct go_image *ret);

#endif
