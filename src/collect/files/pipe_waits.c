// SPDX-License-Identifier: GPL-2.0-or-later
#include "collect/files/pipe_waits.h"

#include <stdlib.h>
#include <string.h>

#include "collect/files/peer_names.h"
#include "thresholds.h"

#define PIPES 16

static bool hangs_on_pipe(const struct sample_thread *t)
{
	return t->blocked && t->kind == WAIT_WRITE && t->blocked_ns >= NS_OF_MS(LOG_STALL_MS) && t->path &&
	       !strncmp(t->path, "pipe:[", 6);
}

static struct pipe_reader *find(struct pipe_reader *list, size_t count, const struct sample_thread *t)
{
	for (size_t i = 0; i < count; i++)
		if (list[i].writer == t->pid && !strcmp(list[i].path, t->path))
			return &list[i];
	return NULL;
}

void pipe_waits__name(struct sample *s)
{
	struct pipe_reader list[PIPES] = {0};
	size_t count = 0;

	for (size_t i = 0; i < s->thread_count && count < PIPES; i++) {
		const struct sample_thread *t = &s->threads[i];

		if (hangs_on_pipe(t) && !find(list, count, t))
			list[count++] = (struct pipe_reader){.path = t->path, .writer = t->pid};
	}
	if (count)
		pipe_readers__find(list, count);
	for (size_t i = 0; count && i < s->thread_count; i++) {
		struct sample_thread *t = &s->threads[i];
		const struct pipe_reader *r = hangs_on_pipe(t) ? find(list, count, t) : NULL;
		char *text = r ? peer__of_pipe(r) : NULL;

		t->peer = arena__string(&s->arena, text);
		free(text);
	}
}
