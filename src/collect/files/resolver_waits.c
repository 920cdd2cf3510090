// SPDX-License-Identifier: GPL-2.0-or-later
#include "collect/files/resolver_waits.h"

#include <poll.h>
#include <stdlib.h>
#include <string.h>
#include <sys/syscall.h>
#include <unistd.h>

#include "collect/files/socket_text.h"
#include "thresholds.h"
#include "util/text.h"
#include "waits/resolver.h"

#define POLLED     4 /* sockets that a resolver polls at a time, at most */
#define CONF_BYTES 8192

static bool polls(const struct sample_thread *t)
{
#ifdef SYS_poll
	if (t->syscall == SYS_poll)
		return true;
#endif
	return t->syscall == SYS_ppoll;
}

/* The first socket of those that it polls: a resolver has one for a server, or for all of them. */
static char *polled_socket(const struct process *p, const struct sample_thread *t)
{
	struct pollfd list[POLLED];
	uint64_t count = t->args[1];
	char *path = NULL;

	if (!count || count > POLLED ||
	    process__read(p, t->args[0], list, count * sizeof(*list)) != (ssize_t)(count * sizeof(*list)))
		return NULL;
	for (uint64_t i = 0; i < count; i++) {
		if (list[i].fd < 0 || process__descriptor_path(p, list[i].fd, &path))
			continue;
		if (socket_path__inode(path))
			return path;
		free(path);
	}
	return NULL;
}

static bool may_wait(const struct sample_thread *t)
{
	return t->blocked && t->state == 'S' && t->blocked_ns >= NS_OF_MS(STACK_OF_WAIT_MS) &&
	       (polls(t) || t->kind == WAIT_READ || t->kind == WAIT_WRITE || t->kind == WAIT_CONNECT);
}

void resolver_waits__find(struct targets *targets, struct sample *s)
{
	for (size_t i = 0; i < s->thread_count; i++) {
		struct sample_thread *t = &s->threads[i];
		bool resolves = may_wait(t) && resolver__on_stack(&t->stack);
		/* A connect with a timeout is a poll of its socket alone. */
		bool connects = may_wait(t) && polls(t) && t->args[1] == 1;
		struct target *target = resolves || connects ? targets__get(targets, t->pid) : NULL;
		char *path = target && polls(t) ? polled_socket(target->process, t) : NULL;

		if (path)
			t->path = arena__string(&s->arena, path);
		t->resolves = resolves && target && socket_path__inode(t->path);
		free(path);
	}
}

/* ---- which server ----------------------------------------------------------------- */

static const char *configured(struct arena *a, const struct process *p)
{
	int fd = process__open_path(p, "/etc/resolv.conf", CONF_BYTES);
	char text[CONF_BYTES + 1], servers[RESOLVER_TEXT];
	ssize_t got = fd >= 0 ? read(fd, text, CONF_BYTES) : -1;

	if (fd >= 0)
		close(fd);
	if (got <= 0)
		return NULL;
	text[got] = '\0';
	resolver__servers(text, servers);
	return *servers ? arena__string(a, servers) : NULL;
}

void resolver_waits__name(struct targets *targets, struct sample *s)
{
	static const char to[] = "socket to ";
	const char *conf = NULL;
	pid_t conf_pid = 0;

	for (size_t i = 0; i < s->thread_count; i++) {
		struct sample_thread *t = &s->threads[i];

		/* Which connection a thread polls is no news but where it gets none. */
		if (polls(t) && !t->resolves && !t->unanswered)
			t->path = NULL;
	}
	for (size_t i = 0; i < s->thread_count; i++) {
		struct sample_thread *t = &s->threads[i];
		struct target *target = t->resolves ? targets__get(targets, t->pid) : NULL;

		if (!target)
			continue;
		if (starts_with(t->path, to)) {
			t->name_server = arena__string(&s->arena, t->path + strlen(to));
		} else if (t->kind == WAIT_CONNECT && !starts_with(t->path, "socket")) {
			t->name_server = t->path;
		} else if (!polls(t)) { /* another socket of the resolver */
			t->resolves = false;
		} else {
			if (conf_pid != t->pid)
				conf = configured(&s->arena, target->process);
			conf_pid = t->pid;
			t->name_server = conf;
		}
	}
}
