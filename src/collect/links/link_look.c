// SPDX-License-Identifier: GPL-2.0-or-later
/* What the process does that a thread waits for. */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "collect/files/call_files.h"
#include "collect/files/ipc_waits.h"
#include "collect/links/links_private.h"
#include "target/origin.h"
#include "waits/wait.h"

#define MOST_PARENTS 16

static enum link_state state_of(const struct task_look *t)
{
	if (t->state == 'Z' || t->state == 'X')
		return LINK_ENDED;
	if (t->state == 'T')
		return LINK_STOPPED;
	if (t->state == 't')
		return LINK_TRACED;
	if (t->frozen)
		return LINK_FROZEN;
	return t->state == 'R' ? LINK_RUNS : LINK_BLOCKED;
}

/* A semaphore or message queue of System V. */
static const char *ipc_object(const struct task_look *t, char link[OPEN_LINK])
{
	struct process *p = NULL;
	struct ipc_wait w = {0};

	if (ipc_wait__is(t->syscall) && !process__open(t->pid, &p))
		ipc_wait__read(p, t->syscall, t->args, &w);
	process__close(p);
	snprintf(link, OPEN_LINK, "%s", w.object);
	return *link ? link : NULL;
}

/* Where the descriptor of the thread's call leads to, or what else it waits at; link. NULL: neither. */
static const char *call_object(const struct task_look *t, char link[OPEN_LINK])
{
	struct wait_evidence e = {.state = 'S', .syscall = t->syscall, .args = t->args};
	int fd = t->syscall < 0 ? -1 : wait__descriptor(&e);

	return fd < 0 ? ipc_object(t, link) : open_end__link((struct open_end){t->pid, fd}, link);
}

/* The path that its call names. */
static const char *call_path(struct arena *a, const struct task_look *t)
{
	struct sample_thread as = {.pid = t->pid, .tid = t->tid, .syscall = t->syscall};
	struct process *p = NULL;
	const char *kept;
	char *path = NULL;

	memcpy(as.args, t->args, sizeof(as.args));
	if (call_file__is(t->syscall) && !process__open(t->pid, &p))
		path = call_file__path(p, &as);
	process__close(p);
	kept = path ? arena__string(a, path) : NULL;
	free(path);
	return kept;
}

/* A thread that reads, writes or accepts the object of the step just now. */
static bool serves(const struct step *s, const struct task_look *t)
{
	char link[OPEN_LINK];
	struct wait_evidence e = {.state = 'S', .syscall = t->syscall, .args = t->args};
	enum wait_kind kind = t->syscall < 0 ? WAIT_OTHER : wait__classify(&e);
	const char *object = *s->object ? call_object(t, link) : NULL;

	/* Another thread at the same end of the pipe waits as well. */
	if ((s->role == LINK_READS && kind != WAIT_READ) || (s->role == LINK_WRITES && kind != WAIT_WRITE))
		return false;
	return object && !strcmp(object, s->object) && (!s->only_fd || s->only_fd == (int)t->args[0] + 1);
}

bool link_gives(const struct waiter *w, const struct step *s)
{
	struct task_look t = {.parent = w->pid};

	if (s->pid <= 0 || (s->role != LINK_WRITES && s->role != LINK_PEER))
		return false;
	/* Standard input is what a program works on, not an answer to it. */
	if (w->args[0] == STDIN_FILENO)
		return true;
	for (int i = 0; i < MOST_PARENTS && t.parent > 1; i++) {
		if (t.parent == s->pid)
			return true;
		if (task__look(t.parent, &t))
			break;
	}
	return s->shared;
}

/* That which says most: the one that matters, one in a call on the object, one that runs, the main one. */
static bool choose_thread(const struct step *s, struct task_look *ret, bool *ret_serves, bool *ret_one)
{
	struct task_look t, main = {0};
	pid_t tasks[LINK_THREADS];
	size_t count, live = 0;
	bool runs = false;

	*ret_serves = *ret_one = false;
	if (s->tid) {
		*ret_one = true;
		return !task__look(s->tid, ret) && ret->pid == s->pid;
	}
	count = process_tasks(s->pid, tasks, LINK_THREADS);
	for (size_t i = 0; i < count; i++) {
		if (task__look(tasks[i], &t) || t.pid != s->pid)
			continue;
		live += t.state != 'Z' && t.state != 'X';
		if (t.tid == t.pid || !main.pid ||
		    ((main.state == 'Z' || main.state == 'X') && t.state != 'Z'))
			main = t;
		if (s->role != LINK_HOLDS_FILE && serves(s, &t)) {
			*ret = t;
			*ret_serves = *ret_one = true;
			return true;
		}
		if (t.state == 'R' && !runs) {
			*ret = t;
			runs = true;
		}
	}
	*ret_one = live == 1 && count < LINK_THREADS;
	if (!runs)
		*ret = main;
	return ret->pid > 0;
}

/* "postgres: shop app [local] idle in transaction": what the process calls itself, else its name. */
static const char *title_of(struct arena *a, const struct task_look *t)
{
	char title[COMMAND_BYTES];
	bool titled;

	if (pid__command(t->pid, title, &titled) || !titled)
		return arena__string(a, t->name);
	return arena__string(a, title);
}

void link_look(struct arena *a, const struct step *s, struct sample_link *ret, struct task_look *ret_look)
{
	char link[OPEN_LINK];
	const char *object;

	*ret = (struct sample_link){.role = s->role,
				    .state = s->state,
				    .pid = s->pid,
				    .tid = s->tid,
				    .more = s->more,
				    .queued = s->queued,
				    .backlog = s->backlog,
				    .value = s->value,
				    .messages = s->messages,
				    .bytes = s->bytes,
				    .room_bytes = s->room_bytes,
				    .held = s->held ? arena__string(a, s->object) : NULL,
				    .syscall = -1};
	if (!s->pid || s->state == LINK_GONE || s->state == LINK_ITSELF)
		return;
	if (!choose_thread(s, ret_look, &ret->serves, &ret->one_of)) {
		ret->pid = 0;
		ret->state = LINK_STATE_UNKNOWN; /* it has ended meanwhile */
		return;
	}
	ret->tid = ret_look->tid;
	ret->threads = ret_look->threads;
	ret->name = s->titled ? title_of(a, ret_look) : arena__string(a, ret_look->name);
	if (s->state)
		return;
	ret->state = state_of(ret_look);
	if (ret->state != LINK_BLOCKED)
		return;
	ret->syscall = ret_look->syscall;
	object = call_object(ret_look, link);
	ret->path = object ? arena__string(a, object) : call_path(a, ret_look);
}
