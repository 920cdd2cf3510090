/* SPDX-License-Identifier: GPL-2.0-or-later */
#ifndef TS_PROBES_PROBES_PRIVATE_H
#define TS_PROBES_PROBES_PRIVATE_H

#include "probes/probes.h"
#include "threadscope.skel.h"

struct light;
struct ring_buffer;
struct panic_watch;
struct freed_row;
struct device_writers_bpf;

struct probes {
	struct threadscope_bpf *skel;
	struct light *light; /* instead of skel: then it is a snapshot */
	int iterator;        /* program, owned by one of them */
	struct ring_buffer *ring;
	uint64_t attach_ns; /* what opening, loading and attaching took */
	bool snapshot;
	bool iterates_one; /* the kernel can visit one process's threads alone */
	bool iterates_one_known;
	uint8_t *buffer; /* of a pass */
	size_t buffer_size;
	void *keys, *values; /* of a batch */
	size_t keys_size, values_size;
	struct ts_file *file_rows; /* the map's own memory */
	size_t file_rows_bytes;
	struct freed_row *freed; /* not yet to be used again */
	size_t freed_count, freed_room;
	struct panic_watch *panic_watches;
	struct device_writers_bpf *devices; /* NULL: not watched */
	event_fn fn;                        /* while events are handled */
	void *arg;
};

int probes__open_files(struct probes *p);
void probes__close_files(struct probes *p);
/* Releases rows that were taken from their files earlier; call at the start of a reading. */
void probes__release_files(struct probes *p);
int probes__open_events(struct probes *p);
void probes__close_events(struct probes *p);
void probes__close_panics(struct probes *p);
/* Whether this kernel can count who writes to devices. */
int device_writers__try(void);

#endif
