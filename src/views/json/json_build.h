/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Writes one JSON document a line, member by member: at no time is more than
 * one array element in memory, however many threads there are. Without memory
 * a document stays cut off, so that no parser takes it for a whole one.
 */
#ifndef TS_VIEWS_JSON_JSON_BUILD_H
#define TS_VIEWS_JSON_JSON_BUILD_H

#include <jansson.h>
#include <stdbool.h>
#include <stdio.h>

#include "report/report.h"

struct json_writer {
	FILE *out;
	bool first;  /* the next member or element needs no comma */
	bool failed; /* out of memory: nothing more is written */
};

void json_writer__begin(struct json_writer *w, FILE *out); /* opens the document */
void json_writer__end(struct json_writer *w);              /* closes it, and the line */
/* Takes value over; NULL (no memory) makes the document fail. */
void json_writer__member(struct json_writer *w, const char *key, json_t *value);
void json_writer__object(struct json_writer *w,
			 const char *key); /* opens an object in it: members go there */
void json_writer__object_end(struct json_writer *w);
void json_writer__array(struct json_writer *w, const char *key); /* opens an array of the document */
void json_writer__element(struct json_writer *w, json_t *value);
void json_writer__array_end(struct json_writer *w);

/* An object of (const char *key, json_t *value) pairs up to a NULL key; takes the values over. */
json_t *json_of(const char *key, ...) __attribute__((sentinel));

/* Values. Integers above INT64_MAX, which JSON readers cannot hold either, become INT64_MAX. */
json_t *json_text(const char *s);         /* made valid UTF-8; NULL: null */
json_t *json_text_or_null(const char *s); /* "" is null, too */
json_t *json_number(uint64_t value);
json_t *json_tid(pid_t tid);                    /* null if not positive */
json_t *json_fd(int fd);                        /* null if negative */
json_t *json_index(size_t index, size_t count); /* null if not below count */
json_t *json_address(uint64_t address);         /* "0x55ea4cc1f0a0" */
json_t *json_time(uint64_t time_ns);
json_t *json_tids(const pid_t *tids, size_t count);

/* What several documents have in common. */
json_t *json_wait(const struct thread_row *t, size_t lock_count); /* null if not blocked */
json_t *json_frames(const struct call_stack *stack);
json_t *json_frame_names(const struct call_stack *stack);
json_t *json_finding(const struct finding *f);
void json_findings(struct json_writer *w, const struct finding *findings, size_t count);
json_t *json_losses(const struct loss_row *losses, size_t count);

/* Goroutines of a process (NULL: of none, null): their number; what else is known of them. */
json_t *json_go_count(const struct go_process *p);
json_t *json_go_process(const struct go_process *p);
/* Two arrays of the document: groups and creators of the last reading of each process. */
void json_go_lists(struct json_writer *w, const struct interval_report *r);

/* What the documents of an interval have in common. */
json_t *json_file(const struct file_row *f);
json_t *json_cost(const struct cost_row *c);

/* The documents. */
void json_logs(FILE *out, const struct interval_report *r);
void json_interval(FILE *out, const struct interval_report *r);
/* The member "goroutines". */
void json_goroutines(struct json_writer *w, const struct snapshot_report *r);
void json_snapshot(FILE *out, const struct snapshot_report *r);

#endif
