// SPDX-License-Identifier: GPL-2.0-or-later
#include "collect/files/server_waits.h"

#include <stdlib.h>
#include <string.h>

#include "collect/files/call_files.h"
#include "target/file_servers.h"
#include "thresholds.h"
#include "util/heap.h"

#define SERVERS_MAX 64
#define AGAIN_NS    NS_OF_S(10) /* until a daemon that was not found is searched again */

struct known {
	pid_t pid; /* whose mount it is */
	struct file_server server;
	uint64_t searched_ns;
};

struct server_waits {
	struct targets *targets;
	struct known list[SERVERS_MAX];
	size_t count;
};

struct server_waits *server_waits__new(struct targets *t)
{
	struct server_waits *w = HEAP_NEW(struct server_waits, 1);

	w->targets = t;
	return w;
}

void server_waits__free(struct server_waits *w)
{
	free(w);
}

/* ---- whose ------------------------------------------------------------------------ */

static const struct file_server *know(struct server_waits *w, const struct file_server *found, pid_t pid,
				      uint64_t now_ns)
{
	struct known *k = NULL;

	for (size_t i = 0; i < w->count && !k; i++)
		if (w->list[i].pid == pid && w->list[i].server.dev_minor == found->dev_minor &&
		    !strcmp(w->list[i].server.place, found->place))
			k = &w->list[i];
	if (!k) {
		if (w->count == SERVERS_MAX)
			w->count = 0;
		k = &w->list[w->count++];
		*k = (struct known){.pid = pid, .server = *found};
	}
	if (!k->searched_ns || now_ns - k->searched_ns >= AGAIN_NS) {
		file_server__find_daemon(&k->server);
		k->searched_ns = now_ns;
	}
	return &k->server;
}

static char *server_text(struct arena *a, const struct file_server *s)
{
	if (!s->pid)
		return arena__format(a, "%s server of %s", s->fs, s->place);
	return arena__format(a, "%s server of %s, %s (%d)", s->fs, s->place, s->comm, (int)s->pid);
}

static bool may_hang(const struct sample_thread *t)
{
	return t->blocked && (t->state == 'S' || t->state == 'D') && t->syscall >= 0;
}

/* Threads that hang are often on one file. */
struct last {
	pid_t pid;
	const char *path;   /* NULL: none so far */
	const char *server; /* NULL: it has none */
};

static const char *server_of(struct server_waits *w, struct sample *s, const struct process *p,
			     struct last *last, const struct sample_thread *t)
{
	struct file_server found;

	/* Young calls count where an older one has led here: they are normal, and not looked up. */
	if (last->path && last->pid == t->pid && !strcmp(last->path, t->path))
		return last->server;
	if (t->blocked_ns < NS_OF_MS(LOG_STALL_MS))
		return NULL;
	*last = (struct last){.pid = t->pid, .path = t->path};
	if (*t->path == '/' && !process__file_server(p, t->path, &found))
		last->server = server_text(&s->arena, know(w, &found, t->pid, s->now_ns));
	return last->server;
}

/* ---- page faults ------------------------------------------------------------------ */

/* Which address it was is not known: the file is, if it is the only one that a server keeps of those that are
 * mapped, and so is the server. */
static void name_fault(struct server_waits *w, struct sample *s, struct sample_thread *t)
{
	struct target *target = targets__named(w->targets, t->pid);
	const struct mappings *maps = target ? target__mappings(target) : NULL;
	struct file_server found, only = {0};
	const char *path = NULL;
	bool several = false;

	for (size_t i = 0; maps && i < maps->count; i++) {
		const struct mapping *m = &maps->list[i];

		if (*m->path != '/' || !m->inode || (path && !strcmp(path, m->path)) ||
		    process__file_server(target->process, m->path, &found))
			continue;
		if (path && strcmp(found.place, only.place) != 0)
			return;
		several = several || path;
		path = m->path;
		only = found;
	}
	if (!path)
		return;
	t->server = server_text(&s->arena, know(w, &only, t->pid, s->now_ns));
	if (!several && !t->path)
		t->path = arena__string(&s->arena, path);
}

static bool hangs_in_fault(const struct sample_thread *t)
{
	return t->blocked && t->kind == WAIT_PAGE_FAULT && t->syscall < 0 &&
	       t->blocked_ns >= NS_OF_MS(LOG_STALL_MS);
}

void server_waits__name(struct server_waits *w, struct sample *s)
{
	struct last last = {0};

	for (size_t i = 0; i < s->thread_count; i++) {
		struct sample_thread *t = &s->threads[i];
		bool wanted = may_hang(t) && t->path && call_file__is(t->syscall);
		struct target *target = wanted ? targets__get(w->targets, t->pid) : NULL;

		if (hangs_in_fault(t))
			name_fault(w, s, t);
		if (target)
			t->server = server_of(w, s, target->process, &last, t);
	}
}
