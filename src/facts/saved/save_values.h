/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Values into JSON, as facts/saved/saved.h says. What is 0, false or NULL is left out. */
#ifndef TS_FACTS_SAVED_SAVE_VALUES_H
#define TS_FACTS_SAVED_SAVE_VALUES_H

#include <jansson.h>
#include <stdbool.h>
#include <stdint.h>
#include <stdio.h>

#include "bpf/threadscope.h"
#include <sys/types.h>

#include "facts/stack.h"

struct saver {
	FILE *out;
	bool failed; /* out of memory */
};

/* Both take value over. */
void save__put(struct saver *w, json_t *o, const char *key, json_t *value);
void save__push(struct saver *w, json_t *list, json_t *value);
json_t *save__number(uint64_t value);
json_t *save__text(const char *s);
void save__put_number(struct saver *w, json_t *o, const char *key, uint64_t value);
void save__put_address(struct saver *w, json_t *o, const char *key, uint64_t value);
void save__put_flag(struct saver *w, json_t *o, const char *key, bool value);
void save__put_text(struct saver *w, json_t *o, const char *key, const char *s);
void save__put_key(struct saver *w, json_t *o, const char *key, const struct ts_file_key *k);
void save__put_stack(struct saver *w, json_t *o, const char *key, const struct call_stack *stack);

/* save_go.c; without the full list. */
struct go_reading;
/* One of sample.live. */
json_t *save__live(struct saver *w, const void *element);
json_t *save__goroutines(struct saver *w, const struct go_reading *r);

#endif
