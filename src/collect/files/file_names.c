// SPDX-License-Identifier: GPL-2.0-or-later
#include "collect/files/file_names.h"

#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>

#include "collect/files/file_names_private.h"
#include "util/clock.h"
#include "util/heap.h"

struct file_names *file_names__new(struct targets *t)
{
	struct file_names *n = HEAP_NEW(struct file_names, 1);

	n->targets = t;
	return n;
}

static void drop(struct file_names *n, struct named_file *f)
{
	HASH_DEL(n->files, f);
	free(f->path);
	free(f->first);
	free(f->peer);
	free(f->host_path);
	free(f);
}

void file_names__free(struct file_names *n)
{
	struct named_file *f, *next;

	if (!n)
		return;
	HASH_ITER(hh, n->files, f, next)
	drop(n, f);
	free(n);
}

static struct named_file *find(struct file_names *n, const struct ts_file_key *key)
{
	struct named_file *f;

	HASH_FIND(hh, n->files, key, sizeof(*key), f);
	return f;
}

static struct named_file *add(struct file_names *n, const struct ts_file_key *key)
{
	struct named_file *f = find(n, key);

	if (f)
		return f;
	f = HEAP_NEW(struct named_file, 1);
	f->key = *key;
	f->met_ns = clock_ns(CLOCK_REALTIME);
	HASH_ADD(hh, n->files, key, sizeof(f->key), f);
	return f;
}

static void set_path(struct named_file *f, const char *path, bool deleted)
{
	if (f->path && !strcmp(f->path, path)) {
		f->deleted = deleted;
		return;
	}
	if (f->first || !f->path || !*f->path)
		free(f->path);
	else
		f->first = f->path;
	f->path = heap__string(path);
	f->deleted = deleted;
	free(f->host_path);
	f->host_path = NULL;
	f->host_path_known = false;
}

/* Components come innermost first, each ended by NUL; this reverses and joins them. */
static void join(const struct ts_event_file *e, char *path, size_t size)
{
	const char *parts[64];
	size_t count = 0, used = 0, at = 0;

	while (at < e->path_bytes && count < 64) {
		size_t len = strnlen(e->path + at, e->path_bytes - at);

		if (at + len >= e->path_bytes)
			break; /* not terminated: not valid */
		parts[count++] = e->path + at;
		at += len + 1;
	}
	path[0] = '\0';
	if (!(e->path_state & 1))
		used += (size_t)snprintf(path, size, "..."); /* deeper than the kernel side reads */
	while (count-- && used < size)
		used += (size_t)snprintf(path + used, size - used, "/%s", parts[count]);
}

void file_names__event(struct file_names *n, const struct ts_event *event, size_t size)
{
	const struct ts_event_file *e = (const struct ts_event_file *)event;
	char path[sizeof(e->path) + 64] = "";
	uint64_t age, met;
	struct named_file *f;

	if (size < sizeof(*e) || e->path_bytes > sizeof(e->path))
		return;
	f = add(n, &e->key);
	if (!f)
		return;
	age = monotonic_ns() - e->e.time_ns;
	met = clock_ns(CLOCK_REALTIME) - age;
	if (met < f->met_ns)
		f->met_ns = met;
	switch (e->key.kind) {
	case TS_FILE_PIPE:
	case TS_FILE_SOCKET:
	case TS_FILE_OTHER:
		/* Without a name unless they are in a directory (FIFO, bound socket). */
		if (e->path_bytes <= 1)
			snprintf(path, sizeof(path), "%s:[%llu]",
				 e->key.kind == TS_FILE_PIPE     ? "pipe"
				 : e->key.kind == TS_FILE_SOCKET ? "socket"
								 : "anon_inode",
				 e->key.inode);
		else
			join(e, path, sizeof(path));
		break;
	case TS_FILE_MAPPING:
	case TS_FILE_NONE:
		break;
	default:
		join(e, path, sizeof(path));
	}
	set_path(f, path, e->path_state & 4 && e->key.kind == TS_FILE_REGULAR);
	if (e->key.kind == TS_FILE_REGULAR)
		namesakes__met(n->files, f);
	memcpy(f->fs, e->fs, sizeof(f->fs) - 1);
	free(f->peer);
	f->peer = e->key.kind == TS_FILE_SOCKET ? peer__of_socket(e) : NULL;
}

/* The mapping that contains an msync address. */
static void name_mapping(struct file_names *n, struct named_file *f)
{
	struct target *t = targets__get(n->targets, (pid_t)f->key.tgid);
	struct mappings maps;
	const struct mapping *m;

	if (f->path && *f->path)
		return;
	if (!t || process__mappings(t->process, &maps))
		return;
	m = mappings__find(&maps, f->key.inode);
	if (m)
		set_path(f, m->path, m->deleted);
	mappings__free(&maps);
}

#define SEARCHES    3   /* per file: the event may come later, or never */
#define CLOSED_ONCE 128 /* files searched per reading */

/* Checking a file on these never waits for a server or another process. */
static bool is_local(const char *fs)
{
	static const char *const LOCAL[] = {"ext2",  "ext3", "ext4", "xfs",   "btrfs",
					    "tmpfs", "f2fs", "zfs",  "ramfs", "overlay"};

	for (size_t i = 0; i < sizeof(LOCAL) / sizeof(LOCAL[0]); i++)
		if (!strcmp(fs, LOCAL[i]))
			return true;
	return false;
}

/* A file created later is a different one; a reused inode number has another generation. */
static uint64_t known_since(const struct named_file *f)
{
	return f->key.generation || strcmp(f->fs, "overlay") != 0 ? f->met_ns : UINT64_MAX;
}

/* The file is closed, or has another descriptor now. With very many files, some are checked per reading. */
static void look_for(struct file_names *n, struct named_file *f, const struct target *t)
{
	char *moved;
	int err;

	if (f->key.kind != TS_FILE_REGULAR || !f->path || !is_local(f->fs) || f->searches >= SEARCHES ||
	    f->outside)
		return;
	n->closed++;
	if (n->slices && f->key.inode % n->slices != n->readings % n->slices)
		return;
	err = process__find_moved(t->process, f->path, &(struct known_file){f->key.inode, known_since(f)},
				  &moved);
	if (!err && moved && namesakes__have(n->files, f, moved)) {
		free(moved);
		err = -ENOENT;
	}
	f->searches = err ? f->searches + 1 : 0;
	if (!err && moved)
		set_path(f, moved, false);
	else if (!err)
		f->deleted = false;
	else if (err == -ENOENT || (err == -ESTALE && strcmp(f->fs, "overlay") != 0))
		f->deleted = true; /* inodes of overlays may have two numbers */
	if (!err)
		free(moved);
}

/* The original name is gone, but a link remains, as for a log rotated by link and unlink. */
static bool has_other_name(const struct named_file *f, const struct target *t, int fd)
{
	return f->key.kind == TS_FILE_REGULAR && is_local(f->fs) &&
	       process__descriptor_linked(t->process, fd);
}

/*
 * The kernel side's path is that of the first sight. If the descriptor still leads to the same inode, its
 * current path is better: a rotated log has another name. Returns whether it does.
 */
static bool refresh(struct file_names *n, struct named_file *f, int fd, bool closer)
{
	struct target *t = fd >= 0 || closer ? targets__get(n->targets, (pid_t)f->key.tgid) : NULL;
	struct descriptor d = {};
	bool open, linked;

	if (!t)
		return false;
	open = fd >= 0 && !process__descriptor(t->process, fd, &d) && d.inode == f->key.inode;
	/* A call on it was in flight when the probes were attached: no event announces such a file. */
	if (open && !*f->fs && !f->fs_asked && f->key.kind == TS_FILE_REGULAR) {
		f->fs_asked = true;
		process__file_system(t->process, fd, f->fs, sizeof(f->fs));
	}
	if (open && closer && f->key.kind == TS_FILE_REGULAR && is_local(f->fs))
		open = !process__descriptor_newer(t->process, fd, known_since(f));
	open = open && !(d.path && namesakes__have(n->files, f, d.path));
	if (open)
		f->outside = process__outside_root(t->process, fd);
	linked = open && d.deleted && has_other_name(f, t, fd);
	if (open && f->key.kind == TS_FILE_REGULAR && !linked)
		f->searches = 0;
	if (open && d.path && !linked)
		set_path(f, d.path, d.deleted);
	else if (closer)
		look_for(n, f, t);
	if (linked)
		f->deleted = false;
	free(d.path);
	return open;
}

void file_names__begin(struct file_names *n)
{
	n->readings++;
	n->slices = n->closed / CLOSED_ONCE;
	n->closed = 0;
}

#define SEARCHED_ONCE 64 /* pipes */

/* It may have ended, and another one may have taken its place. */
static void drop_old_reader(struct named_file *f)
{
	f->reader.path = f->path;
	if (!f->peer || pipe_reader__still(&f->reader))
		return;
	free(f->peer);
	f->peer = NULL;
	f->searches = 0;
}

void file_names__find_readers(struct file_names *n)
{
	struct pipe_reader list[SEARCHED_ONCE] = {0};
	struct named_file *of[SEARCHED_ONCE], *f, *next;
	size_t count = 0;

	HASH_ITER(hh, n->files, f, next)
	{
		if (f->key.kind != TS_FILE_PIPE || !f->path || !*f->path)
			continue;
		drop_old_reader(f);
		if ((f->peer && !f->reader.writes_too) || f->searches >= SEARCHES || count == SEARCHED_ONCE)
			continue;
		f->searches++;
		of[count] = f;
		list[count++] = (struct pipe_reader){.path = f->path, .writer = (pid_t)f->key.tgid};
	}
	if (count)
		pipe_readers__find(list, count);
	for (size_t i = 0; i < count; i++) {
		free(of[i]->peer);
		of[i]->peer = peer__of_pipe(&list[i]);
		of[i]->reader = list[i];
	}
}

const char *file_names__peer(struct file_names *n, const struct ts_file_key *key)
{
	const struct named_file *f = find(n, key);

	return f ? f->peer : NULL;
}

static const char *host_path(struct file_names *n, struct named_file *f, int fd)
{
	struct target *t;

	if (f->host_path_known || !f->path || f->key.kind == TS_FILE_SOCKET || f->key.kind == TS_FILE_MAPPING)
		return f->host_path;
	t = targets__get(n->targets, (pid_t)f->key.tgid);
	if (!t)
		return NULL;
	f->host_path_known = true;
	f->host_path = process__host_path(t->process, f->path, fd);
	return f->host_path;
}

#define IDLE_READINGS 5

/* With every process watched, most files are idle: some of them are checked per reading. */
static bool to_be_refreshed(const struct file_names *n, const struct named_file *f, uint64_t used_ns)
{
	return used_ns != f->used_ns || !f->path || !*f->path ||
	       (f->key.inode + f->key.tgid + n->readings) % IDLE_READINGS == 0;
}

struct file_facts file_names__facts(struct file_names *n, const struct ts_file_key *key,
				    const struct file_use *use, bool closer)
{
	struct named_file *f = add(n, key);

	if (!f)
		return (struct file_facts){.path = "", .first = ""};
	if (key->kind == TS_FILE_MAPPING) {
		name_mapping(n, f);
	} else if (closer || (use->fd >= 0 && to_be_refreshed(n, f, use->last_ns))) {
		f->open = refresh(n, f, use->fd, closer);
		f->used_ns = use->last_ns;
	}
	return (struct file_facts){
		.path = f->path ? f->path : "",
		.first = f->first ? f->first : "",
		.deleted = f->deleted,
		.open = f->open,
		.fs = *f->fs && (key->kind == TS_FILE_REGULAR || key->kind == TS_FILE_DIR) ? f->fs : NULL,
		.host_path = closer ? host_path(n, f, use->fd) : NULL};
}

void file_names__forget(struct file_names *n, const struct ts_file_key *key)
{
	struct named_file *f = find(n, key);

	if (f)
		drop(n, f);
}
