/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Values of the table of rows that are more than a number or a text: stacks, waits, histograms. NULL: out of
 * memory. */
#ifndef TS_VIEWS_JSON_JSON_PARTS_H
#define TS_VIEWS_JSON_JSON_PARTS_H

#include "report/go_rows.h"
#include "views/json/json_build.h"

/* Stacks: whole frames, kernel functions with offsets, names alone (NULL: none), Go's frames, and of these
 * only where they are. */
json_t *json_frames(const struct call_stack *stack);
json_t *json_kernel_frames(const struct call_stack *stack);
json_t *json_frame_names(const struct call_stack *stack);
json_t *json_go_frames(const struct call_stack *stack);
json_t *json_lines(const struct call_stack *stack);

/* Equal stacks share their frames: what was made of the last ones that hash there is used again. Both take
 * NULL, which keeps nothing. */
struct known_frames;
struct known_frames *json_known_frames(void); /* NULL: out of memory */
void json_free_known(struct known_frames *known);
json_t *json_frames_once(struct known_frames *known, const struct call_stack *stack,
			 json_t *(*make)(const struct call_stack *));

/* Where goroutines were made; null: f has no function. goid 0: null. */
json_t *json_creator(const struct frame *f, uint64_t goid);
/* What a goroutine waits on; null if that is of another kind. waiters 0: null. */
json_t *json_channel(const struct go_wait *w);
json_t *json_semaphore(const struct go_wait *w, uint64_t waiters);
json_t *json_descriptor(const struct go_wait *w);
json_t *json_labels(const struct go_label *list, size_t count, bool counted);
json_t *json_states(const struct go_state *list, size_t count);

json_t *json_histogram(const struct histogram_row *h); /* [[from_ns, count], ...] */
json_t *json_latency(const struct latency_row *l, const struct histogram_row *h);
json_t *json_parts(const uint64_t parts[STALL_PARTS]);
json_t *json_errors(const uint64_t counts[TS_IO_ERRORS]);
json_t *json_losses(const struct loss_row *losses, size_t count);

#endif
