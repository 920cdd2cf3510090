/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Addresses from the file that has the Go runtime: hints, to be verified in memory. */
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

/* Addresses in the process; 0: not in the file. */
struct go_image {
	bool arm64;
	struct go_segment segments[GO_SEGMENTS_MAX];
	unsigned segment_count;
	bool has_sections; /* without them, only a scan can recognize a Go program */
	uint64_t buildinfo, pclntab, moduledata;
	uint64_t version; /* runtime.buildVersion: a string header */
	uint64_t allgs, sched, allp, semtable, gcphase;
};

/* Of the program, or of a library in Go that a program of another language has. -ENOEXEC: not a 64-bit ELF
 * file for amd64 or arm64; others: cannot be read. */
int go_image__read(const struct process *p, struct go_image *ret);

#endif
