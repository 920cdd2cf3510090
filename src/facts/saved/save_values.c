// SPDX-License-Identifier: GPL-2.0-or-later
#include "facts/saved/save_values.h"

#include <stdlib.h>
#include <string.h>

#include "util/escape.h"

void save__put(struct saver *w, json_t *o, const char *key, json_t *value)
{
	if (json_object_set_new(o, key, value))
		w->failed = true;
}

void save__push(struct saver *w, json_t *list, json_t *value)
{
	if (json_array_append_new(list, value))
		w->failed = true;
}

json_t *save__number(uint64_t value)
{
	return value <= INT64_MAX ? json_integer((json_int_t)value)
				  : json_sprintf("0x%llx", (unsigned long long)value);
}

void save__put_number(struct saver *w, json_t *o, const char *key, uint64_t value)
{
	if (value)
		save__put(w, o, key, save__number(value));
}

void save__put_address(struct saver *w, json_t *o, const char *key, uint64_t value)
{
	if (value)
		save__put(w, o, key, json_sprintf("0x%llx", (unsigned long long)value));
}

void save__put_flag(struct saver *w, json_t *o, const char *key, bool value)
{
	if (value)
		save__put(w, o, key, json_true());
}

json_t *save__text(const char *s)
{
	size_t size = strlen(s) * ESCAPE_MAX + 1;
	char *escaped = malloc(size);
	json_t *j = escaped ? json_string(escape_utf8(escaped, size, s)) : NULL;

	free(escaped);
	return j;
}

void save__put_text(struct saver *w, json_t *o, const char *key, const char *s)
{
	if (s)
		save__put(w, o, key, save__text(s));
}

void save__put_stack(struct saver *w, json_t *o, const char *key, const struct call_stack *stack)
{
	json_t *j, *frames;

	if (!stack->count && !stack->end)
		return;
	j = json_object();
	frames = json_array();
	for (size_t i = 0; i < stack->count; i++) {
		const struct frame *f = &stack->frames[i];
		json_t *frame = json_object();

		save__put_address(w, frame, "address", f->address);
		save__put_text(w, frame, "function", f->function);
		save__put_number(w, frame, "offset", f->offset);
		save__put_text(w, frame, "module", f->module);
		save__put_text(w, frame, "file", f->file);
		save__put_number(w, frame, "line", f->line > 0 ? (uint64_t)f->line : 0);
		save__put_flag(w, frame, "inlined", f->inlined);
		save__push(w, frames, frame);
	}
	save__put(w, j, "frames", frames);
	save__put_text(w, j, "end", stack_end__name(stack->end ? stack->end : STACK_UNREADABLE));
	save__put_text(w, j, "sampled", stack_end__name(stack->sampled));
	save__put(w, o, key, j);
}

void save__put_key(struct saver *w, json_t *o, const char *key, const struct ts_file_key *k)
{
	json_t *j = json_object();

	save__put_number(w, j, "pid", k->tgid);
	save__put_number(w, j, "dev", k->dev);
	save__put_number(w, j, "inode", k->inode);
	save__put_number(w, j, "generation", k->generation);
	save__put_number(w, j, "kind", k->kind);
	save__put(w, o, key, j);
}
