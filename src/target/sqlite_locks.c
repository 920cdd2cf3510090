// SPDX-License-Identifier: GPL-2.0-or-later
#include "target/sqlite_locks.h"

#include <dirent.h>
#include <fcntl.h>
#include <limits.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>

#include "target/file_locks.h"
#include "target/process_private.h"

#define PENDING_BYTE  0x40000000ull
#define RESERVED_BYTE (PENDING_BYTE + 1)
#define SHARED_FIRST  (PENDING_BYTE + 2)
#define SHARED_END    (SHARED_FIRST + 510)
#define WAL_WRITER    120ull
#define WAL_END       128ull
#define INDEX_SUFFIX  "-shm"

/* What the lines say of one file. */
struct locks {
	bool own_writes, own_pends, others_write, others_read;
	struct sqlite_holder writer, reader;
};

static bool is_of_sqlite(const struct sqlite_file *f, const struct file_lock_line *l)
{
	if (f->inode != l->inode)
		return false;
	if (f->index)
		return l->start >= WAL_WRITER && l->end < WAL_END;
	return l->start >= PENDING_BYTE && l->end < SHARED_END;
}

/* The kernel lists the locks of a file one after the other. */
static void add_holder(struct sqlite_holder *h, pid_t pid)
{
	if (!h->pid)
		h->pid = pid;
	else if (h->pid != pid)
		h->more++;
}

static void add_line(struct locks *x, const struct sqlite_file *f, const struct file_lock_line *l,
		     pid_t waiter)
{
	bool covers_writer = f->index ? l->start == WAL_WRITER : l->start <= RESERVED_BYTE || l->writes;

	if (l->pid <= 0 || l->pid > INT_MAX)
		return;
	if (l->pid == waiter) {
		x->own_writes = x->own_writes || (l->writes && covers_writer);
		x->own_pends = x->own_pends || (l->writes && l->start == PENDING_BYTE);
	} else if (l->writes && covers_writer) {
		x->others_write = true;
		add_holder(&x->writer, (pid_t)l->pid);
	} else if (!f->index && !l->writes && l->start >= SHARED_FIRST) {
		x->others_read = true;
		add_holder(&x->reader, (pid_t)l->pid);
	}
}

/* Readers make one wait that is about to write into the database. */
static bool holder_of(const struct locks *x, pid_t waiter, struct sqlite_holder *ret)
{
	if (x->others_write)
		*ret = x->writer;
	else if (x->own_pends && x->others_read)
		*ret = x->reader;
	else if (x->own_writes)
		*ret = (struct sqlite_holder){.pid = waiter};
	else
		return false;
	return true;
}

size_t sqlite_lock__holder_in(char *text, pid_t waiter, const struct sqlite_file *files, size_t count,
			      struct sqlite_holder *ret)
{
	struct locks of[SQLITE_FILES] = {0};
	struct file_lock_line l;
	size_t found = count;
	char *save = NULL;

	for (char *at = strtok_r(text, "\n", &save); at; at = strtok_r(NULL, "\n", &save)) {
		if (!file_lock__parse(at, &l) || l.waits || strcmp(l.type, "POSIX") != 0)
			continue;
		for (size_t i = 0; i < count; i++)
			if (is_of_sqlite(&files[i], &l))
				add_line(&of[i], &files[i], &l, waiter);
	}
	for (size_t i = 0; i < count; i++) {
		struct sqlite_holder h;

		if (!holder_of(&of[i], waiter, &h))
			continue;
		if (found < count)
			return count;
		found = i;
		*ret = h;
	}
	return found;
}

/* ---- the files ---------------------------------------------------------------------- */

struct waiters_files {
	struct sqlite_file files[SQLITE_FILES];
	int fds[SQLITE_FILES];
	size_t count;
	bool whole;
};

static bool is_index(const char *link)
{
	size_t length = strlen(link), suffix = strlen(INDEX_SUFFIX);

	return length > suffix && !strcmp(link + length - suffix, INDEX_SUFFIX);
}

static void add_file(struct waiters_files *x, struct open_end e)
{
	char link[OPEN_LINK];
	uint64_t inode;

	if (!open_end__link(e, link) || *link != '/' || !(inode = open_end__inode(e)))
		return;
	for (size_t i = 0; i < x->count; i++)
		if (x->files[i].inode == inode)
			return;
	x->whole = x->count < SQLITE_FILES;
	if (!x->whole)
		return;
	x->fds[x->count] = e.fd;
	x->files[x->count++] = (struct sqlite_file){.inode = inode, .index = is_index(link)};
}

/* A database whose log and index are open, too, is one file of these for each. */
static void find_files(struct waiters_files *x, pid_t pid)
{
	const struct dirent *e;
	char path[48];
	DIR *d;

	snprintf(path, sizeof(path), "/proc/%d/fd", (int)pid);
	d = opendir(path);
	x->whole = d;
	while (d && x->whole && (e = readdir(d)))
		if (*e->d_name != '.')
			add_file(x, (struct open_end){.pid = pid, .fd = atoi(e->d_name)});
	if (d)
		closedir(d);
}

bool sqlite_lock__holder(pid_t waiter, struct sqlite_holder *ret)
{
	struct waiters_files x = {0};
	char *text = NULL;
	size_t found;
	bool cut = false;

	find_files(&x, waiter);
	if (x.whole && x.count)
		text = file_locks__read(&cut);
	if (!text)
		return false;
	found = cut ? x.count : sqlite_lock__holder_in(text, waiter, x.files, x.count, ret);
	free(text);
	if (found == x.count || !open_end__link((struct open_end){waiter, x.fds[found]}, ret->path))
		return false;
	if (x.files[found].index)
		ret->path[strlen(ret->path) - strlen(INDEX_SUFFIX)] = '\0';
	return true;
}
