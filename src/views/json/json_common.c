/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Parts that several JSON documents share. */
#include "words/describe.h"
#include "views/json/json_build.h"

json_t *json_wait(const struct thread_row *t, size_t lock_count)
{
	const struct wait *wait = &t->wait;

	if (!t->blocked)
		return json_null();
	return json_of("kind", json_text(wait_kind__name(wait->kind)), "syscall",
		       json_text_or_null(wait->syscall), "duration_ns", json_number(wait->duration_ns),
		       "timed", json_boolean(wait->timed), "lock", json_index(wait->lock, lock_count), "fd",
		       json_fd(wait->fd), "file", json_text_or_null(wait->file), "blocked_by",
		       json_tid(wait->blocked_by), "words",
		       wait->words ? json_number(wait->words) : json_null(), "kernel_function",
		       json_text_or_null(wait->kernel_function), "frozen", json_boolean(wait->frozen), NULL);
}

static json_t *frame_object(const struct frame *f)
{
	return json_of("address", json_address(f->address), "function", json_text_or_null(f->function),
		       "offset", json_number(f->offset), "module", json_text_or_null(f->module), "file",
		       json_text_or_null(f->file), "line",
		       f->file && f->line > 0 ? json_integer(f->line) : json_null(), "inlined",
		       json_boolean(f->inlined), NULL);
}

static json_t *frame_name(const struct frame *f)
{
	char name[4096 + 64]; /* the longest that is read, and more */

	return json_text(describe_frame(name, sizeof(name), f));
}

static json_t *frame_array(const struct call_stack *stack, json_t *(*make)(const struct frame *))
{
	json_t *array = json_array();

	for (size_t i = 0; i < stack->count; i++) {
		if (json_array_append_new(array, make(&stack->frames[i]))) {
			json_decref(array);
			return NULL;
		}
	}
	return array;
}

json_t *json_frames(const struct call_stack *stack)
{
	return frame_array(stack, frame_object);
}

json_t *json_frame_names(const struct call_stack *stack)
{
	return frame_array(stack, frame_name);
}

json_t *json_finding(const struct finding *f)
{
	json_t *j = json_of("kind", json_text(finding_kind__name(f->kind)), "severity",
			    json_text(severity__name(f->severity)), "summary", json_text(f->summary), "tids",
			    json_tids(f->tids, f->tid_count), "pid", json_tid(f->pid), NULL);

	if (j && f->path)
		json_object_set_new(j, "path", json_text(f->path));
	return j;
}

void json_findings(struct json_writer *w, const struct finding *findings, size_t count)
{
	json_writer__array(w, "findings");
	for (size_t i = 0; i < count; i++)
		json_writer__element(w, json_finding(&findings[i]));
	json_writer__array_end(w);
}

json_t *json_losses(const struct loss_row *losses, size_t count)
{
	json_t *object = json_object();

	for (size_t i = 0; i < count; i++) {
		if (json_object_set_new(object, losses[i].name, json_number(losses[i].count))) {
			json_decref(object);
			return NULL;
		}
	}
	return object;
}
