/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "views/json/json_parts.h"

#include <stdlib.h>

#include "util/heap.h"
#include "words/describe.h"

/* ---- stacks --------------------------------------------------------------------- */

static json_t *frame(const struct frame *f)
{
	return json_pack("{s:o, s:o, s:o, s:o, s:o, s:o, s:b, s:o}", "address", json_address(f->address),
			 "function", json_text_or_null(f->function), "offset", json_number(f->offset),
			 "module", json_text_or_null(f->module), "file", json_text_or_null(f->file), "line",
			 f->file && f->line > 0 ? json_integer(f->line) : json_null(), "inlined", f->inlined,
			 "language", json_text_or_null(f->language));
}

static json_t *kernel_frame(const struct frame *f)
{
	return json_pack("{s:o, s:o}", "function", json_text_or_null(f->function), "offset",
			 json_number(f->offset));
}

static json_t *frame_name(const struct frame *f)
{
	char name[4096 + 64]; /* the longest that is read, and more */

	return json_text(describe_frame(name, sizeof(name), f));
}

static json_t *go_frame(const struct frame *f)
{
	return json_pack("{s:o, s:o, s:o, s:o, s:o, s:b}", "function", json_text_or_null(f->function), "file",
			 json_text_or_null(f->file), "line",
			 f->file && f->line > 0 ? json_integer(f->line) : json_null(), "address",
			 json_address(f->address), "offset", json_number(f->offset), "inlined", f->inlined);
}

static json_t *line(const struct frame *f)
{
	return json_pack("{s:o, s:o, s:o}", "function", json_text_or_null(f->function), "file",
			 json_text_or_null(f->file), "line",
			 f->file && f->line > 0 ? json_integer(f->line) : json_null());
}

static json_t *each_frame(const struct call_stack *stack, json_t *(*make)(const struct frame *))
{
	json_t *array = json_array();

	for (size_t i = 0; stack && i < stack->count; i++)
		json_append(&array, make(&stack->frames[i]));
	return array;
}

json_t *json_frames(const struct call_stack *stack)
{
	return each_frame(stack, frame);
}

json_t *json_kernel_frames(const struct call_stack *stack)
{
	return each_frame(stack, kernel_frame);
}

json_t *json_frame_names(const struct call_stack *stack)
{
	return each_frame(stack, frame_name);
}

json_t *json_go_frames(const struct call_stack *stack)
{
	return each_frame(stack, go_frame);
}

json_t *json_lines(const struct call_stack *stack)
{
	return each_frame(stack, line);
}

#define KNOWN_FRAMES 128
struct known_frames {
	struct known_stack {
		const struct frame *frames;
		size_t count;
		json_t *(*make)(const struct call_stack *);
		json_t *json;
	} list[KNOWN_FRAMES];
};

struct known_frames *json_known_frames(void)
{
	return HEAP_NEW(struct known_frames, 1);
}

void json_free_known(struct known_frames *known)
{
	for (size_t i = 0; known && i < KNOWN_FRAMES; i++)
		json_decref(known->list[i].json);
	free(known);
}

json_t *json_frames_once(struct known_frames *known, const struct call_stack *stack,
			 json_t *(*make)(const struct call_stack *))
{
	struct known_stack *k;

	if (!known)
		return make(stack);
	k = &known->list[((uintptr_t)stack->frames >> 4) % KNOWN_FRAMES];
	if (!k->json || k->frames != stack->frames || k->count != stack->count || k->make != make) {
		json_decref(k->json);
		*k = (struct known_stack){stack->frames, stack->count, make, make(stack)};
	}
	return json_incref(k->json);
}

/* ---- goroutines ------------------------------------------------------------------ */

json_t *json_creator(const struct frame *f, uint64_t goid)
{
	if (!f->function)
		return json_null();
	return json_pack("{s:o, s:o, s:o, s:o}", "function", json_text(f->function), "file",
			 json_text_or_null(f->file), "line",
			 f->line > 0 ? json_integer(f->line) : json_null(), "goid",
			 goid ? json_number(goid) : json_null());
}

json_t *json_channel(const struct go_wait *w)
{
	if ((w->target != GO_TARGET_CHAN && w->target != GO_TARGET_SELECT) || !w->address)
		return json_null();
	return json_pack("{s:o, s:o, s:o, s:b}", "address", json_address(w->address), "len",
			 json_number(w->len), "cap", json_number(w->cap), "closed", w->closed);
}

json_t *json_semaphore(const struct go_wait *w, uint64_t waiters)
{
	if (w->target != GO_TARGET_SEMAPHORE || !w->address)
		return json_null();
	return json_pack("{s:o, s:o}", "address", json_address(w->address), "waiters",
			 waiters ? json_number(waiters) : json_null());
}

json_t *json_descriptor(const struct go_wait *w)
{
	if (w->target != GO_TARGET_FD || w->fd < 0)
		return json_null();
	return json_pack("{s:o, s:s, s:o, s:o}", "fd", json_fd(w->fd), "for", w->fd_write ? "write" : "read",
			 "file", json_text_or_null(w->file), "peer", json_text_or_null(w->peer));
}

json_t *json_labels(const struct go_label *list, size_t count, bool counted)
{
	json_t *array = json_array();

	for (size_t i = 0; i < count; i++) {
		json_t *label = json_pack("{s:o, s:o}", "key", json_text(list[i].key), "value",
					  json_text(list[i].value));

		if (counted)
			json_put(&label, "count", json_number(list[i].count));
		json_append(&array, label);
	}
	return array;
}

json_t *json_states(const struct go_state *list, size_t count)
{
	json_t *object = json_object();

	for (size_t i = 0; i < count; i++)
		json_put(&object, list[i].state, json_number(list[i].count));
	return object;
}

/* ---- times, and counts by name ----------------------------------------------------- */

json_t *json_histogram(const struct histogram_row *h)
{
	json_t *array = json_array();

	for (size_t i = 0; i < h->count; i++)
		json_append(&array, json_pack("[o, o]", json_number(h->bars[i].from_ns),
					      json_number(h->bars[i].count)));
	return array;
}

json_t *json_latency(const struct latency_row *l, const struct histogram_row *h)
{
	return json_pack("{s:o, s:o, s:o, s:o, s:o, s:o, s:o}", "count", json_number(l->count), "p50_ns",
			 json_number(l->p50_ns), "p90_ns", json_number(l->p90_ns), "p99_ns",
			 json_number(l->p99_ns), "p999_ns", json_number(l->p999_ns), "max_ns",
			 json_number(l->max_ns), "histogram", json_histogram(h));
}

json_t *json_parts(const uint64_t parts[STALL_PARTS])
{
	json_t *object = json_object();
	char key[32];

	for (int i = 0; i < STALL_PARTS; i++) {
		snprintf(key, sizeof(key), "%s_ns", stall_part__name((enum stall_part)i));
		json_put(&object, key, json_number(parts[i]));
	}
	return object;
}

json_t *json_errors(const uint64_t counts[TS_IO_ERRORS])
{
	json_t *object = json_object();

	for (enum ts_io_error e = 0; e < TS_IO_ERRORS; e++)
		json_put(&object, io_error__name(e), json_number(counts[e]));
	return object;
}

json_t *json_losses(const struct loss_row *losses, size_t count)
{
	json_t *object = json_object();

	for (size_t i = 0; i < count; i++)
		json_put(&object, losses[i].name, json_number(losses[i].count));
	return object;
}
