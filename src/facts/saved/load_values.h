/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Values out of JSON that may be anyone's. What is not as it must be sets bad, and a harmless value is
 * returned. */
#ifndef TS_FACTS_SAVED_LOAD_VALUES_H
#define TS_FACTS_SAVED_LOAD_VALUES_H

#include <jansson.h>
#include <stdbool.h>
#include <stdint.h>
#include <stdio.h>
#include <sys/types.h>

#include "bpf/threadscope.h"
#include <sys/types.h>

#include "facts/stack.h"
#include "util/arena.h"

struct loader {
	struct arena *arena; /* of the texts */
	bool bad;            /* something was not as it must be */
};

/* One line that is a JSON object; the caller drops it. -ENODATA: no line; -EINVAL: another one. */
int load__read_object(FILE *in, json_t **ret);

uint64_t load__as_number(struct loader *l, const json_t *j, uint64_t max);
/* Members of an object; without it 0, false, NULL. */
uint64_t load__take(struct loader *l, const json_t *o, const char *key, uint64_t max);
uint64_t load__take_u64(struct loader *l, const json_t *o, const char *key);
uint32_t load__take_u32(struct loader *l, const json_t *o, const char *key);
pid_t load__take_id(struct loader *l, const json_t *o, const char *key);
bool load__take_flag(struct loader *l, const json_t *o, const char *key);
const char *load__take_text(struct loader *l, const json_t *o, const char *key);
const json_t *load__take_list(struct loader *l, const json_t *o, const char *key);
/* Must be there, and is above 0. */
pid_t load__take_pid(struct loader *l, const json_t *o, const char *key);
/* Texts as they were before escape_utf8(). */
const char *load__as_text(struct loader *l, const json_t *j);
const char *load__need_text(struct loader *l, const json_t *o, const char *key);
/* One of the list; the list's own string, as some are compared by their text and kept for long. */
const char *load__need_word(struct loader *l, const json_t *o, const char *key, const char *const *words,
			    size_t count);

/* The value below count whose name it is. */
unsigned load__need_kind(struct loader *l, const json_t *o, const char *key, const char *(*name)(unsigned),
			 unsigned count);

/* Without it one of no frames and no end. */
void load__take_key(struct loader *l, const json_t *o, const char *key, struct ts_file_key *ret);
struct call_stack load__take_stack(struct loader *l, const json_t *o, const char *key);

/* It must be there. */
void load__take_latency(struct loader *l, const json_t *o, const char *key, struct ts_latency *ret);

/* load_files.c. One of sample.files, of sample.requests. */
void load__file(struct loader *l, const json_t *j, void *element);
void load__request(struct loader *l, const json_t *j, void *element);

/* load_go.c. Without it NULL. */
struct go_reading;
/* One of sample.live. */
void load__live(struct loader *l, const json_t *j, void *element);
struct go_reading *load__take_goroutines(struct loader *l, const json_t *o, const char *key);

#endif
