/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Paths of the files that targets write to: told by the kernel side when a file is first met, kept up by
 * /proc. */
#ifndef TS_COLLECT_FILES_FILE_NAMES_H
#define TS_COLLECT_FILES_FILE_NAMES_H

#include "bpf/threadscope.h"
#include "collect/targets/targets.h"

struct file_names;

struct file_names *file_names__new(struct targets *t);
void file_names__free(struct file_names *n);
/* TS_EVENT_FILE */
void file_names__event(struct file_names *n, const struct ts_event *e, size_t size);
/* Once before the facts of a reading. */
void file_names__begin(struct file_names *n);
struct file_facts {        /* texts are "" or NULL if not known */
	const char *path;  /* now, following a rename */
	const char *first; /* where it was met, if that was another */
	bool deleted;
	bool open;             /* the descriptor still leads to it */
	const char *fs;        /* type of the file system; NULL where that says nothing */
	const char *host_path; /* on this host, where it is another than path */
};
struct file_use {
	int fd;           /* where the target has it open, -1 if nowhere */
	uint64_t last_ns; /* when a call on it ended last; any clock */
};
/* closer: each time, and also what needs more than a look at /proc/PID/fd: where a closed file is. Otherwise
 * what is said of an idle file may be some readings old. Texts live until the next call for the same key. */
struct file_facts file_names__facts(struct file_names *n, const struct ts_file_key *key,
				    const struct file_use *use, bool closer);
/* Looks for the readers of the pipes that have been met since, once for all of them. */
void file_names__find_readers(struct file_names *n);
/* Who is at the other end of a pipe or socket; NULL if not known. Lives until the next such search. */
const char *file_names__peer(struct file_names *n, const struct ts_file_key *key);
void file_names__forget(struct file_names *n, const struct ts_file_key *key);

#endif
