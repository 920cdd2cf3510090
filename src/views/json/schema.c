/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "views/json/schema.h"

#include <errno.h>
#include <string.h>

#include "report/go_rows.h"
#include "version.h"
#include "views/json/json_kinds.h"
#include "views/json/schema_kinds.h"
#include "words/describe.h"

/* The names of an enum by their numbers. */
/* A type takes no parentheses. NOLINTBEGIN(bugprone-macro-parentheses) */
#define NAMES(function, type)                               \
	static const char *names_##function(unsigned value) \
	{                                                   \
		return function((enum type)value);          \
	}
/* NOLINTEND(bugprone-macro-parentheses) */
NAMES(wait_kind__name, wait_kind)
NAMES(wait_class__name, wait_class)
NAMES(wait_reason__name, wait_reason)
NAMES(halt_reason__name, halt_reason)
NAMES(lock_kind__name, lock_kind)
NAMES(lock_likely__name, lock_likely)
NAMES(fifo_open__name, fifo_open)
NAMES(link_role__name, link_role)
NAMES(link_state__name, link_state)
NAMES(file_kind__name, ts_file_kind)
NAMES(call_place__name, ts_call_place)
NAMES(stop_cause__name, stop_cause)
NAMES(stall_part__name, stall_part)
NAMES(stack_end__name, stack_end)
NAMES(io_error__name, ts_io_error)
NAMES(severity__name, severity)
NAMES(event_type__name, event_type)
NAMES(panic_outcome__name, panic_outcome)

/* A wait's kind, or what a thread does instead. */
static const char *names_wait_or_state(unsigned value)
{
	if (value < WAIT_KINDS)
		return wait_kind__name((enum wait_kind)value);
	return value == WAIT_KINDS ? "running" : "ended";
}

#include "schema_rows.inc"

/* ---- JSON Schema ------------------------------------------------------------------ */

static json_t *object_schema(const struct field_doc *fields, const struct field_doc *more, bool nullable,
			     unsigned reporter);

/* Values that are one of some names. */
static json_t *enum_schema(const struct field_doc *f)
{
	json_t *list = json_array(), *o = json_object();

	for (unsigned i = 0; i < f->count; i++) {
		const char *name = f->names(i);
		bool known = !name || !*name;

		for (unsigned k = 0; k < i && !known; k++)
			known = f->names(k) && !strcmp(f->names(k), name);
		if (!known)
			json_append(&list, json_string(name));
	}
	if (f->nullable)
		json_append(&list, json_null());
	json_put(&o, "enum", list);
	return o;
}

/* An object with a count for each name. */
static json_t *counts_schema(const struct field_doc *f)
{
	json_t *o = json_object(), *required = json_array(), *properties = json_object();

	for (unsigned i = 0; i < f->count; i++) {
		char name[64];

		snprintf(name, sizeof(name), "%s%s", f->names(i), f->suffix ? f->suffix : "");
		json_append(&required, json_string(name));
		json_put(&properties, name, json_loads(COUNT_SCHEMA, 0, NULL));
	}
	json_put(&o, "type", json_string("object"));
	json_put(&o, "required", required);
	json_put(&o, "properties", properties);
	return o;
}

static json_t *finding_schema(unsigned reporter)
{
	json_t *list = json_array(), *o = json_object();

	for (enum finding_kind k = 0; k < FINDING_KINDS; k++)
		if (FINDING_TYPES[k].reporters & reporter)
			json_append(&list, json_string(finding_kind__name(k)));
	json_put(&o, "enum", list);
	return o;
}

static json_t *field_schema(const struct field_doc *f, unsigned reporter)
{
	json_t *o;

	if (f->schema) {
		o = json_loads(f->schema, 0, NULL);
	} else if (f->findings) {
		o = finding_schema(f->findings == ~0u ? reporter : f->findings);
	} else if (f->names) {
		o = f->list ? counts_schema(f) : enum_schema(f);
	} else if (f->list) {
		o = json_object();
		json_put(&o, "type", json_string("array"));
		json_put(&o, "items", object_schema(f->of, f->more, false, reporter));
	} else {
		o = object_schema(f->of, NULL, f->nullable, reporter);
	}
	if (*f->doc)
		json_put(&o, "description", json_string(f->doc));
	return o;
}

static void add_fields(json_t **required, json_t **properties, const struct field_doc *f, unsigned reporter)
{
	for (; f && f->name; f++) {
		if (!f->optional)
			json_append(required, json_string(f->name));
		json_put(properties, f->name, field_schema(f, reporter));
	}
}

static json_t *object_schema(const struct field_doc *fields, const struct field_doc *more, bool nullable,
			     unsigned reporter)
{
	json_t *o = json_object(), *required = json_array(), *properties = json_object();

	add_fields(&required, &properties, fields, reporter);
	add_fields(&required, &properties, more, reporter);
	json_put(&o, "type", nullable ? json_pack("[s, s]", "object", "null") : json_string("object"));
	json_put(&o, "required", required);
	json_put(&o, "properties", properties);
	return o;
}

/* What some kinds of events have beside what all have. */
static const struct {
	const char *kinds[4];
	const struct field_doc *fields;
} EVENT_PARTS[] = {{{"thread-create"}, fields_event_thread_create},
		   {{"futex-wait"}, fields_event_futex_wait},
		   {{"write", "fsync"}, fields_event_call},
		   {{"panic", "panic-end", "fatal-error"}, fields_event_panic},
		   {{"process-end"}, fields_event_process_end},
		   {{"stopped"}, fields_event_stopped}};
#define EVENT_PART_COUNT (sizeof(EVENT_PARTS) / sizeof(EVENT_PARTS[0]))

static json_t *event_parts(void)
{
	json_t *all = json_array();

	for (size_t i = 0; i < EVENT_PART_COUNT; i++) {
		json_t *kinds = json_array(), *required = json_array(), *properties = json_object();

		for (const char *const *kind = EVENT_PARTS[i].kinds; *kind; kind++)
			json_append(&kinds, json_string(*kind));
		add_fields(&required, &properties, EVENT_PARTS[i].fields, 0);
		json_append(&all,
			    json_pack("{s:{s:{s:{s:o}}}, s:{s:o, s:o}}", "if", "properties", "event", "enum",
				      kinds, "then", "required", required, "properties", properties));
	}
	return all;
}

static const struct document {
	const char *name, *title;
	const struct field_doc *fields, *more;
	unsigned reporters;
} DOCUMENTS[] = {
	{"snapshot", "threadscope snapshot --json", fields_snapshot, NULL, IN_SNAPSHOT | IN_SERIES},
	{"interval", "threadscope top --json: one document per interval and line", fields_interval, NULL,
	 IN_TOP},
	{"logs", "threadscope logs --json: one document per interval and line", fields_logs, NULL, IN_LOGS},
	{"event", "threadscope events --json: one document per event and line", fields_event,
	 fields_event_end, 0},
	{"doctor", "threadscope doctor --json", fields_doctor, NULL, 0},
};
#define DOCUMENT_COUNT (sizeof(DOCUMENTS) / sizeof(DOCUMENTS[0]))

int schema__print(FILE *out, const char *document)
{
	for (size_t i = 0; i < DOCUMENT_COUNT; i++) {
		const struct document *d = &DOCUMENTS[i];
		json_t *o, *whole;

		if (strcmp(d->name, document))
			continue;
		o = object_schema(d->fields, d->more, false, d->reporters);
		whole = json_pack("{s:s, s:s}", "$schema", "https://json-schema.org/draft/2020-12/schema",
				  "title", d->title);
		if (whole && json_object_update(whole, o))
			json_put(&whole, "type", NULL);
		json_decref(o);
		if (d->fields == fields_event)
			json_put(&whole, "allOf", event_parts());
		if (whole)
			json_dumpf(whole, out, JSON_INDENT(2));
		fputc('\n', out);
		json_decref(whole);
		return 0;
	}
	return -ENOENT;
}

/* ---- lists of fields ------------------------------------------------------------------ */

#define WIDTH 110

/* A list's entry: begin, and the words of text, over as many lines as it takes. */
static void print_wrapped(FILE *out, const char *begin, const char *text)
{
	size_t column = strlen(begin);

	fputs(begin, out);
	while (*text) {
		size_t length = strcspn(text, " ");

		if (column + 1 + length > WIDTH) {
			fputs("\n ", out);
			column = 1;
		}
		fprintf(out, " %.*s", (int)length, text);
		column += 1 + length;
		text += length + (text[length] == ' ');
	}
	fputc('\n', out);
}

static void print_list(FILE *out, const char *place, const struct field_doc *f)
{
	char name[256];

	for (; f && f->name; f++) {
		bool in_list = f->list && f->of;

		snprintf(name, sizeof(name), "- `%s%s%s`%s%s%s:", place, f->name, in_list ? "[]" : "",
			 *f->unit ? " (" : "", f->unit, *f->unit ? ")" : "");
		print_wrapped(out, name, f->doc);
		if (f->of) {
			snprintf(name, sizeof(name), "%s%s%s.", place, f->name, in_list ? "[]" : "");
			print_list(out, name, f->of);
			print_list(out, name, f->more);
		}
	}
}

void schema__print_fields(FILE *out)
{
	for (size_t i = 0; i < DOCUMENT_COUNT; i++) {
		const struct document *d = &DOCUMENTS[i];

		fprintf(out, "%s### Fields of %s\n\n", i ? "\n" : "", d->title);
		print_list(out, "", d->fields);
		for (size_t k = 0; d->fields == fields_event && k < EVENT_PART_COUNT; k++) {
			fprintf(out, "- of `%s`%s%s%s:\n", EVENT_PARTS[k].kinds[0],
				EVENT_PARTS[k].kinds[1] ? " and `" : "",
				EVENT_PARTS[k].kinds[1] ? EVENT_PARTS[k].kinds[1] : "",
				EVENT_PARTS[k].kinds[1] ? "`" : "");
			print_list(out, "", EVENT_PARTS[k].fields);
		}
		print_list(out, "", d->more);
	}
}
