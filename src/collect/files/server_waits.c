// SPDX-License-Identifier: GPL-2.0-or-later
#include "collect/files/server_waits.h"

#include <stdlib.h>
#include <string.h>
#include <sys/syscall.h>

#include "target/file_servers.h"
#include "thresholds.h"
#include "util/heap.h"

#define SERVERS_MAX 64
#define PATH_BYTES  4096
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

/* ---- which file ----------------------------------------------------------------- */

/* Calls that find or use a file and do not wait for anything but its file system. Not fcntl and flock, which
 * wait for other holders, nor ioctl. */
static const struct file_call {
	long nr;
	signed char path; /* argument; -1: none, the file is that of the descriptor */
	signed char fd;   /* argument: of the folder that the path is below, or the file; -1: none */
} CALLS[] = {
#ifdef SYS_open /* calls that newer architectures lack */
	{SYS_open, 0, -1},
	{SYS_creat, 0, -1},
	{SYS_stat, 0, -1},
	{SYS_lstat, 0, -1},
	{SYS_access, 0, -1},
	{SYS_readlink, 0, -1},
	{SYS_unlink, 0, -1},
	{SYS_mkdir, 0, -1},
	{SYS_rmdir, 0, -1},
	{SYS_rename, 0, -1},
	{SYS_link, 0, -1},
	{SYS_symlink, 1, -1},
	{SYS_chmod, 0, -1},
	{SYS_chown, 0, -1},
	{SYS_lchown, 0, -1},
	{SYS_utimes, 0, -1},
	{SYS_getdents, -1, 0},
#endif
	{SYS_openat, 1, 0},
	{SYS_openat2, 1, 0},
	{SYS_newfstatat, 1, 0},
	{SYS_statx, 1, 0},
	{SYS_faccessat, 1, 0},
	{SYS_faccessat2, 1, 0},
	{SYS_readlinkat, 1, 0},
	{SYS_unlinkat, 1, 0},
	{SYS_mkdirat, 1, 0},
	{SYS_renameat2, 1, 0},
	{SYS_linkat, 1, 0},
	{SYS_symlinkat, 2, 1},
	{SYS_fchmodat, 1, 0},
	{SYS_fchownat, 1, 0},
	{SYS_utimensat, 1, 0},
	{SYS_truncate, 0, -1},
	{SYS_statfs, 0, -1},
	{SYS_chdir, 0, -1},
	{SYS_execve, 0, -1},
	{SYS_execveat, 1, 0},
	{SYS_getxattr, 0, -1},
	{SYS_lgetxattr, 0, -1},
	{SYS_setxattr, 0, -1},
	{SYS_listxattr, 0, -1},
	{SYS_read, -1, 0},
	{SYS_readv, -1, 0},
	{SYS_pread64, -1, 0},
	{SYS_preadv, -1, 0},
	{SYS_preadv2, -1, 0},
	{SYS_write, -1, 0},
	{SYS_writev, -1, 0},
	{SYS_pwrite64, -1, 0},
	{SYS_pwritev, -1, 0},
	{SYS_pwritev2, -1, 0},
	{SYS_fsync, -1, 0},
	{SYS_fdatasync, -1, 0},
	{SYS_sync_file_range, -1, 0},
	{SYS_syncfs, -1, 0},
	{SYS_fstat, -1, 0},
	{SYS_fstatfs, -1, 0},
	{SYS_ftruncate, -1, 0},
	{SYS_fallocate, -1, 0},
	{SYS_getdents64, -1, 0},
	{SYS_lseek, -1, 0},
	{SYS_close, -1, 0},
	{SYS_copy_file_range, -1, 0},
	{SYS_sendfile, -1, 1},
	{SYS_fgetxattr, -1, 0},
};

static const struct file_call *find_call(long nr)
{
	for (size_t i = 0; i < sizeof(CALLS) / sizeof(CALLS[0]); i++)
		if (CALLS[i].nr == nr)
			return &CALLS[i];
	return NULL;
}

/* To be freed; NULL: unreadable. */
static char *read_path(const struct process *p, uint64_t address)
{
	char text[PATH_BYTES];
	size_t used = 0;

	/* Up to the end of a page at a time: the next one may not be there. */
	while (used < sizeof(text)) {
		size_t want = PATH_BYTES - ((address + used) & (PATH_BYTES - 1));
		ssize_t got;

		if (want > sizeof(text) - used)
			want = sizeof(text) - used;
		got = process__read(p, address + used, text + used, want);
		if (got <= 0)
			return NULL;
		if (memchr(text + used, 0, (size_t)got))
			return heap__format("%s", text);
		used += (size_t)got;
	}
	return NULL;
}

/* The file of the call, as the process sees it; to be freed. NULL: not known. */
static char *path_of(const struct process *p, const struct sample_thread *t, const struct file_call *c)
{
	int fd = c->fd >= 0 ? (int)t->args[(unsigned)c->fd] : -1;
	char *path = c->path >= 0 ? read_path(p, t->args[(unsigned)c->path]) : NULL;
	char *folder = NULL, *whole;

	if (c->path >= 0 && !path)
		return NULL;
	if (c->path < 0 && t->path)
		return heap__string(t->path);
	if (path && *path == '/')
		return path;
	/* AT_FDCWD is negative. */
	if (fd < 0 ? process__folder(p, &folder) : process__descriptor_path(p, fd, &folder)) {
		free(path);
		return NULL;
	}
	if (!path || !*path) {
		free(path);
		return folder;
	}
	whole = heap__format("%s/%s", folder, path);
	free(folder);
	free(path);
	return whole;
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
	char *path;
	const char *server; /* NULL: it has none */
};

static const char *server_of(struct server_waits *w, struct sample *s, const struct process *p, char *path,
			     struct last *last, const struct sample_thread *t)
{
	struct file_server found;
	pid_t pid = t->pid;
	bool same = last->path && last->pid == pid && !strcmp(last->path, path);

	/* Young calls count where an older one has led here: they are normal, and not looked up. */
	if (same || t->blocked_ns < NS_OF_MS(LOG_STALL_MS)) {
		free(path);
		return same ? last->server : NULL;
	}
	free(last->path);
	*last = (struct last){.pid = pid, .path = path};
	if (*path == '/' && !process__file_server(p, path, &found))
		last->server = server_text(&s->arena, know(w, &found, pid, s->now_ns));
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
		const struct file_call *c = may_hang(t) ? find_call(t->syscall) : NULL;
		struct target *target = c ? targets__get(w->targets, t->pid) : NULL;
		char *path = target ? path_of(target->process, t, c) : NULL;

		if (hangs_in_fault(t))
			name_fault(w, s, t);
		if (path)
			t->server = server_of(w, s, target->process, path, &last, t);
		if (t->server && !t->path)
			t->path = arena__string(&s->arena, last.path);
	}
	free(last.path);
}
