// SPDX-License-Identifier: GPL-2.0-or-later
/* Processes that end, execute another program or are no targets any more: reported once, then dropped
 * everywhere. */
#include <stdlib.h>
#include <string.h>

#include "collect/collector_private.h"
#include "util/array.h"

/* Data of a program that no longer runs. */
static void forget_program(struct collector *c, pid_t pid)
{
	stacks__forget(c->stacks, (uint32_t)pid);
	locks__forget(c->locks, pid);
	walks__forget(c->walks, pid);
	python_stacks__forget(c->python, pid);
	go_live__forget(c->go, pid);
	pid_table__forget(c->writers, pid);
	if (c->origins)
		origins__forget(c->origins, pid);
	targets__forget(c->targets, pid);
}

static void process_ended(struct collector *c, const struct ts_event_process *e)
{
	struct ended_process *to = ARRAY_ADD(c->ended, c->ended_count, c->ended_room);

	to->pid = (pid_t)e->e.tgid;
	to->left = e->change == TS_PROCESS_LEFT;
	to->exit_code = e->exit_code;
	memcpy(to->comm, e->e.comm, TS_COMM_LEN);
}

/* Another process already has its PID and counts in its rows, which therefore stay. */
static void process_begins_again(struct collector *c, pid_t pid)
{
	for (size_t i = 0; i < c->ended_count; i++)
		if (c->ended[i].pid == pid)
			c->ended[i].pid = 0;
}

void collect__process_event(struct collector *c, const struct ts_event_process *e)
{
	switch (e->change) {
	case TS_PROCESS_END:
	case TS_PROCESS_LEFT:
		process_ended(c, e);
		break;
	case TS_PROCESS_START:
		process_begins_again(c, (pid_t)e->e.tgid);
		/* fall through */
	case TS_PROCESS_EXEC:
		forget_program(c, (pid_t)e->e.tgid);
		memcpy(pid_table__at(c->comms, (pid_t)e->e.tgid), e->e.comm, TS_COMM_LEN);
		break;
	}
}

static bool has_written(const struct sample *s, pid_t pid)
{
	for (size_t i = 0; i < s->file_count; i++)
		if (s->files[i].key.tgid == (uint32_t)pid && file_last_used(&s->files[i].totals))
			return true;
	return false;
}

/* The child that a shell or make forks for a command has their name until it executes the command. */
static void take_out_unseen(struct sample *s, struct sample_process *p)
{
	if (*p->comm || p->created || p->exited || has_written(s, p->pid))
		return;
	s->process_count--;
	memmove(p, p + 1, (size_t)(s->processes + s->process_count - p) * sizeof(*p));
}

static void mark_ended(struct sample *s, struct sample_process *p, const struct ended_process *e)
{
	char comm[TS_COMM_LEN + 1] = "";

	p->ended = p->exit_known = true;
	p->exit_code = e->exit_code;
	memcpy(comm, e->comm, TS_COMM_LEN);
	if (!*p->comm)
		p->comm = arena__string(&s->arena, comm);
}

void collect__note_ended(struct collector *c, struct sample *s, size_t count)
{
	for (size_t i = 0; i < c->ended_count; i++) {
		const struct ended_process *e = &c->ended[i];
		struct sample_process *p = e->pid ? collect__find_process(s, e->pid) : NULL;

		if (p && e->left)
			take_out_unseen(s, p);
		else if (p && i < count)
			mark_ended(s, p, e);
	}
	for (size_t i = 0; i < s->process_count; i++)
		if (!*s->processes[i].comm)
			s->processes[i].comm =
				arena__string(&s->arena, pid_table__at(c->comms, s->processes[i].pid));
}

void collect__forget_ended(struct collector *c, struct sample *s, size_t count)
{
	for (size_t i = 0; i < count; i++) {
		pid_t pid = c->ended[i].pid;

		if (!pid)
			continue;
		probes__forget_process(c->probes, (uint32_t)pid);
		for (size_t k = 0; k < c->creator_key_count; k++)
			if (c->creator_keys[k].tgid == (uint32_t)pid)
				probes__forget_creator(c->probes, &c->creator_keys[k]);
		for (size_t k = 0; k < s->lock_count; k++) {
			struct ts_lock_key key = {.tgid = (uint32_t)pid, .address = s->locks[k].word};
			if (s->locks[k].pid != pid)
				continue;
			probes__forget_lock(c->probes, &key);
			s->locks[k].evicted = true;
		}
		for (size_t k = 0; k < s->file_count; k++) {
			if (s->files[k].key.tgid != (uint32_t)pid)
				continue;
			collect__forget_file(c, &s->files[k], true);
			s->files[k].evicted = true;
		}
		for (size_t k = 0; k < s->request_count; k++)
			if (s->requests[k].key.tgid == (uint32_t)pid)
				probes__forget_request(c->probes, &s->requests[k].id);
		collect__forget_calls(c, s, pid);
		forget_program(c, pid);
		pid_table__forget(c->comms, pid);
	}
	c->ended_count -= count;
	if (c->ended_count)
		memmove(c->ended, c->ended + count, c->ended_count * sizeof(*c->ended));
}
