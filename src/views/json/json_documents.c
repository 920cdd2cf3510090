/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * The documents and the rows in them, from the table of rows. Of a list one element is in memory at a time.
 * The names are promised: docs/schema/ describes them.
 */
#include "version.h"
#include "views/json/json_kinds.h"
#include "views/view.h"
#include "words/describe.h"

#include "json_rows.inc"

/* ---- the members of a document, from its table ------------------------------------------ */
#define PUT(name, value) json_writer__member(w, name, value)
#define EACH(name, type, list, count, condition, object)         \
	do {                                                     \
		json_writer__array(w, name);                     \
		for (size_t i = 0; i < (count); i++) {           \
			const type *x = &(list)[i];              \
			if (condition)                           \
				json_writer__element(w, object); \
		}                                                \
		json_writer__array_end(w);                       \
	} while (0)

#define DOCUMENT_CONST(name, ...)                   PUT(name, JSON_CONST(__VA_ARGS__))
#define DOCUMENT_TEXT(name, ...)                    PUT(name, JSON_TEXT(__VA_ARGS__))
#define DOCUMENT_TEXT_OR_NULL(name, ...)            PUT(name, JSON_TEXT_OR_NULL(__VA_ARGS__))
#define DOCUMENT_TIME(name, ...)                    PUT(name, JSON_TIME(__VA_ARGS__))
#define DOCUMENT_COUNT(name, ...)                   PUT(name, JSON_COUNT(__VA_ARGS__))
#define DOCUMENT_COUNT_IF(name, ...)                PUT(name, JSON_COUNT_IF(__VA_ARGS__))
#define DOCUMENT_POSITIVE(name, ...)                PUT(name, JSON_POSITIVE(__VA_ARGS__))
#define DOCUMENT_POSITIVE_IF(name, ...)             PUT(name, JSON_POSITIVE_IF(__VA_ARGS__))
#define DOCUMENT_SIGNED(name, ...)                  PUT(name, JSON_SIGNED(__VA_ARGS__))
#define DOCUMENT_FLAG(name, ...)                    PUT(name, JSON_FLAG(__VA_ARGS__))
#define DOCUMENT_ID(name, ...)                      PUT(name, JSON_ID(__VA_ARGS__))
#define DOCUMENT_ID_OR_NULL(name, ...)              PUT(name, JSON_ID_OR_NULL(__VA_ARGS__))
#define DOCUMENT_FD_OR_NULL(name, ...)              PUT(name, JSON_FD_OR_NULL(__VA_ARGS__))
#define DOCUMENT_NAME(name, ...)                    PUT(name, JSON_NAME(__VA_ARGS__))
#define DOCUMENT_NAME_OR_NULL(name, ...)            PUT(name, JSON_NAME_OR_NULL(__VA_ARGS__))
#define DOCUMENT_FRAMES(name, ...)                  PUT(name, JSON_FRAMES(__VA_ARGS__))
#define DOCUMENT_CREATOR(name, ...)                 PUT(name, JSON_CREATOR(__VA_ARGS__))
#define DOCUMENT_STATES(name, ...)                  PUT(name, JSON_STATES(__VA_ARGS__))
#define DOCUMENT_LOSSES(name, ...)                  PUT(name, JSON_LOSSES(__VA_ARGS__))
#define DOCUMENT_OBJECT(name, row, value)           PUT(name, row_##row(value, c))
#define DOCUMENT_OBJECT_IF(name, known, row, value) PUT(name, IF_KNOWN(known, row_##row(value, c)))
/* Of these there is one, with lists in it. */
#define DOCUMENT_OBJECT_OR_NULL(name, row, value) document_##row(w, name, value, c)
#define DOCUMENT_LIST(name, row, list, count) \
	EACH(name, __typeof__(*(list)), list, count, true, row_##row(x, c))
#define DOCUMENT_LIST_OF(name, row, list, count, condition) \
	EACH(name, __typeof__(*(list)), list, count, condition, row_##row(x, c))
#define DOCUMENT_LIST2(name, row, more, list, count) \
	EACH(name, __typeof__(*(list)), list, count, true, merge(row_##row(x, c), row_##more(x, c)))
#define DOCUMENT_GOROUTINES(name, row, report)  goroutines(w, name, report)
#define DOCUMENT_GO_GROUPS(name, row, report)   go_groups(w, name, report)
#define DOCUMENT_GO_CREATORS(name, row, report) go_creators(w, name, report)

static json_t *merge(json_t *object, json_t *more)
{
	if (object && more && json_object_update(object, more)) {
		json_decref(object);
		object = NULL;
	}
	json_decref(more);
	return object;
}

static void goroutines(struct json_writer *w, const char *name, const struct go_report *r)
{
	json_writer__array(w, name);
	for (size_t i = 0; i < r->reading->list_count; i++) {
		struct json_context c = {.group = &r->groups[r->reading->list[i].group].g};

		json_writer__element(w, row_goroutine(&r->reading->list[i], &c));
	}
	json_writer__array_end(w);
}

static void go_groups(struct json_writer *w, const char *name, const struct interval_report *r)
{
	json_writer__array(w, name);
	for (size_t i = 0; i < r->process_count; i++) {
		const struct go_process *p = r->processes[i].go;
		struct json_context c = {.pid = r->processes[i].pid};

		for (size_t k = 0; p && k < p->group_count; k++)
			json_writer__element(w, row_go_group_row(&p->groups[k], &c));
	}
	json_writer__array_end(w);
}

static void go_creators(struct json_writer *w, const char *name, const struct interval_report *r)
{
	json_writer__array(w, name);
	for (size_t i = 0; i < r->process_count; i++) {
		const struct go_process *p = r->processes[i].go;
		struct json_context c = {.pid = r->processes[i].pid};

		for (size_t k = 0; p && k < p->creator_count; k++)
			json_writer__element(w, row_go_creator_row(&p->creators[k], &c));
	}
	json_writer__array_end(w);
}

static void document_go_report(struct json_writer *w, const char *name, const struct go_report *r,
			       const struct json_context *c)
{
	if (!r) {
		json_writer__member(w, name, json_null());
		return;
	}
	json_writer__object(w, name);
#include "views/json/document_fields.h"
#include "report/rows/go_report.def"
	json_writer__object_end(w);
}

static void document_event_lock(struct json_writer *w, const char *name, const struct lock_row *r,
				const struct json_context *c)
{
	json_writer__member(w, name, r ? row_event_lock(r, c) : json_null());
}

/* ---- the documents -------------------------------------------------------------------- */

static void interval(const struct view_options *o, const struct interval_report *r)
{
	const struct json_context context = {.lock_count = r->lock_count, .instant = !r->interval_ns},
				  *c = &context;
	struct json_writer writer, *w = &writer;

	json_writer__begin(w, o->out);
#include "views/json/document_fields.h"
#include "report/rows/interval.def"
	json_writer__end(w);
}

static void logs(const struct view_options *o, const struct interval_report *r)
{
	const struct json_context context = {0}, *c = &context;
	struct json_writer writer, *w = &writer;

	json_writer__begin(w, o->out);
#include "views/json/document_fields.h"
#include "report/rows/logs.def"
	json_writer__end(w);
}

static void snapshot(const struct view_options *o, const struct snapshot_report *r)
{
	struct known_frames *known = json_known_frames();
	const struct json_context context = {.lock_count = r->lock_count,
					     .of_several = r->of > 1,
					     .go = r->go,
					     .known = known},
				  *c = &context;
	struct json_writer writer, *w = &writer;

	json_writer__begin(w, o->out);
#include "views/json/document_fields.h"
#include "report/rows/snapshot.def"
	json_writer__end(w);
	json_free_known(known);
}

static void event_details(struct json_writer *w, const struct event_row *r, const struct json_context *c)
{
	switch (r->type) {
	case EVENT_THREAD_CREATE:
#include "views/json/document_fields.h"
#include "report/rows/event_thread_create.def"
		break;
	case EVENT_FUTEX_WAIT:
#include "views/json/document_fields.h"
#include "report/rows/event_futex_wait.def"
		break;
	case EVENT_WRITE:
	case EVENT_FSYNC:
#include "views/json/document_fields.h"
#include "report/rows/event_call.def"
		break;
	case EVENT_PANIC:
	case EVENT_PANIC_END:
	case EVENT_FATAL:
#include "views/json/document_fields.h"
#include "report/rows/event_panic.def"
		break;
	case EVENT_STOPPED:
#include "views/json/document_fields.h"
#include "report/rows/event_stopped.def"
		break;
	case EVENT_PROCESS_END:
#include "views/json/document_fields.h"
#include "report/rows/event_process_end.def"
		break;
	case EVENT_THREAD_EXIT:
		break;
	}
}

static void event(const struct view_options *o, const struct event_row *r)
{
	const struct json_context context = {0}, *c = &context;
	struct json_writer writer, *w = &writer;

	json_writer__begin(w, o->out);
#include "views/json/document_fields.h"
#include "report/rows/event.def"
	event_details(w, r, c);
#include "views/json/document_fields.h"
#include "report/rows/event_end.def"
	json_writer__end(w);
}

static void doctor(const struct view_options *o, const struct doctor_report *r)
{
	const struct json_context context = {0}, *c = &context;
	struct json_writer writer, *w = &writer;

	json_writer__begin(w, o->out);
#include "views/json/document_fields.h"
#include "report/rows/doctor.def"
	json_writer__end(w);
}

const struct view view_json = {
	.name = "json",
	.interval = interval,
	.logs = logs,
	.each = true,
	.snapshot = snapshot,
	.event = event,
	.doctor = doctor,
};
