/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Which objects of a Go heap can be reached, by conservative marking: each word of an object that is reached
 * may be a pointer, so what is not reached cannot be, except for what moves while it is read.
 */
#ifndef TS_GO_RUNTIME_HEAP_MARKS_H
#define TS_GO_RUNTIME_HEAP_MARKS_H

#include "go/runtime/heap_spans.h"

struct go_marks {
	struct goroutines *r;
	struct go_spans spans;
	uint32_t *queue; /* of spans with objects to scan: a ring of queue_room */
	size_t queue_at, queued, queue_room;
	uint8_t *buffer;
	struct go_object *hits; /* watched objects that were reached since they were last taken */
	size_t hit_count, hit_room;
	uint64_t *unknown; /* words that point to no span, which may be a new one */
	size_t unknown_count, unknown_room;
	uint64_t reached;          /* objects */
	uint64_t bytes, bytes_max; /* of the objects that were scanned, and how many may be */
	uint64_t heap_bytes;       /* of these, in the heap */
	uint64_t until_ns;         /* CLOCK_MONOTONIC */
	bool incomplete;           /* a bound was reached, or something could not be read */
};

/* As go_spans__read. */
int go_marks__begin(struct go_marks *m, struct goroutines *r, uint64_t bytes_max, uint64_t until_ns);
void go_marks__end(struct go_marks *m);

/* Each word is a pointer, perhaps. */
void go_marks__words(struct go_marks *m, const void *bytes, size_t len);
void go_marks__word(struct go_marks *m, uint64_t address);
/* The same for memory of the target, outside of its heap. */
void go_marks__memory(struct go_marks *m, uint64_t address, uint64_t len);
/* What is in this object does not count. */
void go_marks__skip(struct go_marks *m, uint64_t address);
/* The object at address is written to hits once it is reached. False: it is in no object. */
bool go_marks__watch(struct go_marks *m, uint64_t address, struct go_object *ret);
bool go_marks__reached(const struct go_marks *m, struct go_object o);
/* What has a finalizer or a cleanup is still reached by that. */
void go_marks__specials(struct go_marks *m);
/* A bound was reached: what follows would be for nothing. */
bool go_marks__spent(struct go_marks *m);
/* Until nothing more is reached. */
void go_marks__drain(struct go_marks *m);
/* Objects that were allocated since it began have come into reach: drain again. */
bool go_marks__grown(struct go_marks *m);

#endif
