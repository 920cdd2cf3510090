// SPDX-License-Identifier: GPL-2.0-or-later
#include "target/silence.h"

#include <stddef.h>
#include <string.h>

#include "target/process_private.h"
#include "util/table.h"

#define KEPT 256

static struct silence list[KEPT]; /* the oldest makes room */
static size_t count, next;
static uint64_t unread;

uint64_t memory__unread(void)
{
	return unread;
}

/* A process that runs another program has other memory. */
static uint32_t program_of(const struct process *p)
{
	uint32_t hash = 0;

	if (p->exe)
		HASH_JEN(p->exe, strlen(p->exe), hash);
	return hash;
}

static struct silence *find(const struct process *p)
{
	for (size_t i = 0; i < count; i++)
		if (list[i].pid == p->pid && list[i].start_ticks == p->start_ticks &&
		    list[i].program == program_of(p))
			return &list[i];
	return NULL;
}

const struct silence *silence__find(const struct process *p)
{
	return find(p);
}

struct silence *silence__add(const struct process *p)
{
	struct silence *s = find(p);

	if (!s) {
		s = &list[next++ % KEPT];
		count += count < KEPT;
		*s = (struct silence){.pid = p->pid, .start_ticks = p->start_ticks, .program = program_of(p)};
	}
	s->unanswered++;
	unread++;
	return s;
}
