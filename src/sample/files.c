// SPDX-License-Identifier: GPL-2.0-or-later
#include "sample/files.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <uthash.h>

struct named_file {
	struct ts_file_key key;
	char *path; /* "" if not known */
	bool deleted;
	UT_hash_handle hh;
};

struct file_names {
	struct targets *targets;
	struct named_file *files;
};

struct file_names *file_names__new(struct targets *t)
{
	struct file_names *n = calloc(1, sizeof(*n));

	if (n)
		n->targets = t;
	return n;
}

static void drop(struct file_names *n, struct named_file *f)
{
	HASH_DEL(n->files, f);
	free(f->path);
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
	f = calloc(1, sizeof(*f));
	if (!f)
		return NULL;
	f->key = *key;
	HASH_ADD(hh, n->files, key, sizeof(f->key), f);
	return f;
}

static void set_path(struct named_file *f, const char *path, bool deleted)
{
	if (f->path && !strcmp(f->path, path)) {
		f->deleted = deleted;
		return;
	}
	free(f->path);
	f->path = strdup(path);
	f->deleted = deleted;
}

/* Components come innermost first, each ended by NUL: turned round and joined. */
static void join(const struct ts_event_file *e, char *path, size_t size)
{
	const char *parts[64];
	size_t count = 0, used = 0, at = 0;

	while (at < e->path_bytes && count < 64) {
		size_t len = strnlen(e->path + at, e->path_bytes - at);

		if (at + len >= e->path_bytes)
			break; /* not ended: not ours */
		parts[count++] = e->path + at;
		at += len + 1;
	}
	path[0] = '\0';
	if (!(e->path_state & 1))
		used += (size_t)snprintf(path, size, "..."); /* deeper than was read */
	while (count-- && used < size)
		used += (size_t)snprintf(path + used, size - used, "/%s", parts[count]);
}

void file_names__event(struct file_names *n, const struct ts_event *event, size_t size)
{
	const struct ts_event_file *e = (const struct ts_event_file *)event;
	char path[TS_PATH_BYTES + 128] = "";
	struct named_file *f;

	if (size < sizeof(*e) || e->path_bytes > sizeof(e->path))
		return;
	f = add(n, &e->key);
	if (!f)
		return;
	switch (e->key.kind) {
	case TS_FILE_PIPE:
	case TS_FILE_SOCKET:
	case TS_FILE_OTHER:
		/* No name of their own unless they are in a directory (FIFO, bound socket). */
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
}

/* The mapping that an msync address lies in. */
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

/*
 * The kernel side's path is of the time when the file was first met. Where the
 * descriptor still leads to the same inode, what it says now is better: a
 * rotated log has another name.
 */
static void refresh(struct file_names *n, struct named_file *f, int fd)
{
	struct target *t = fd >= 0 ? targets__get(n->targets, (pid_t)f->key.tgid) : NULL;
	struct descriptor d = {};

	if (!t || process__descriptor(t->process, fd, &d))
		return;
	if (d.path && d.inode == f->key.inode)
		set_path(f, d.path, d.deleted);
	free(d.path);
}

const char *file_names__path(struct file_names *n, const struct ts_file_key *key, int fd, bool *deleted)
{
	struct named_file *f = add(n, key);

	*deleted = false;
	if (!f)
		return "";
	if (key->kind == TS_FILE_MAPPING)
		name_mapping(n, f);
	else
		refresh(n, f, fd);
	*deleted = f->deleted;
	return f->path ? f->path : "";
}

void file_names__forget(struct file_names *n, const struct ts_file_key *key)
{
	struct named_file *f = find(n, key);

	if (f)
		drop(n, f);
}
