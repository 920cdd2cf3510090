// SPDX-License-Identifier: GPL-2.0-or-later
#include "target/silence.h"

#include <stddef.h>
#include <string.h>

#include "target/process_private.h"
#include "util/table.h"

#define KEPT       256
#define LEFT_ALONE 16

static struct silence list[KEPT]; /* the oldest makes room */
static size_t count, next;
static uint64_t unread;
static struct {
	pid_t pid;
	uint64_t until_ticks; /* one that has started later is another process */
} left_alone[LEFT_ALONE];     /* the oldest makes room */
static size_t next_left_alone;

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

void silence__leave_alone(pid_t pid)
{
	if (pid <= 0)
		return;
	left_alone[next_left_alone].pid = pid;
	left_alone[next_left_alone].until_ticks = process__ticks_now();
	next_left_alone = (next_left_alone + 1) % LEFT_ALONE;
	unread++;
}

static bool is_left_alone(const struct process *p)
{
	for (size_t i = 0; i < LEFT_ALONE; i++)
		if (left_alone[i].pid && left_alone[i].pid == p->pid &&
		    p->start_ticks <= left_alone[i].until_ticks)
			return true;
	return false;
}

const struct silence *silence__find(const struct process *p)
{
	static const struct silence never = {.unanswered = 1, .until_ns = UINT64_MAX, .doubtful = true};

	return is_left_alone(p) ? &never : find(p);
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
