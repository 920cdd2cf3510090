/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Writes one JSON document per line, member by member: at most one array element is in memory, regardless of
 * the number of threads. If memory is exhausted, the document stays truncated, so that no parser accepts it
 * as complete.
 */
#ifndef TS_VIEWS_JSON_JSON_BUILD_H
#define TS_VIEWS_JSON_JSON_BUILD_H

#include <jansson.h>
#include <stdbool.h>
#include <stdint.h>
#include <stdio.h>
#include <sys/types.h>

struct json_writer {
	FILE *out;
	bool first;  /* the next member or element needs no comma */
	bool failed; /* out of memory: nothing more is written */
};

void json_writer__begin(struct json_writer *w, FILE *out); /* opens the document */
void json_writer__end(struct json_writer *w);              /* closes it, and the line */
/* Takes ownership of value; NULL (out of memory) makes the document fail. */
void json_writer__member(struct json_writer *w, const char *key, json_t *value);
void json_writer__object(struct json_writer *w,
			 const char *key); /* opens an object in it: members go there */
void json_writer__object_end(struct json_writer *w);
void json_writer__array(struct json_writer *w, const char *key); /* opens an array of the document */
void json_writer__element(struct json_writer *w, json_t *value);
void json_writer__array_end(struct json_writer *w);

/* A member of *object, an element of *array, which take value over. Without memory they become NULL, and stay
 * so. Keys are ours: plain ASCII. */
void json_put(json_t **object, const char *key, json_t *value);
void json_append(json_t **array, json_t *value);

/* Values. Integers above INT64_MAX, which JSON readers cannot hold either, become INT64_MAX. */
json_t *json_text(const char *s);         /* made valid UTF-8; NULL: null */
json_t *json_text_or_null(const char *s); /* "" is null, too */
json_t *json_words(char *const *list);    /* up to a NULL; NULL: none */
json_t *json_letter(char letter);
json_t *json_number(uint64_t value);
json_t *json_tid(pid_t tid);                    /* null if not positive */
json_t *json_fd(int fd);                        /* null if negative */
json_t *json_index(size_t index, size_t count); /* null if not below count */
json_t *json_address(uint64_t address);         /* "0x55ea4cc1f0a0" */
json_t *json_time(uint64_t time_ns);
json_t *json_tids(const pid_t *tids, size_t count);
json_t *json_numbers(const uint64_t *list, size_t count);

#endif
