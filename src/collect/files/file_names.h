/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Paths of the files that targets write to: from the kernel side when a file is first seen, kept current
 * through /proc. */
#ifndef TS_COLLECT_FILES_FILE_NAMES_H
#define TS_COLLECT_FILES_FILE_NAMES_H

#include "bpf/threadscope.h"
#include "collect/targets/targets.h"

struct file_names;

struct file_names *file_names__new(struct targets *t);
void file_names__free(struct file_names *n);
/* TS_EVENT_FILE */
void file_names__event(struct file_names *n, const struct ts_event *e, size_t size);
/* Call once before each reading. */
void file_names__begin(struct file_names *n);
struct file_facts {        /* texts are "" or NULL if not known */
	const char *path;  /* now, following a rename */
	const char *first; /* the path at which it was first seen, if that differs */
	bool deleted;
	bool open;             /* the descriptor still leads to it */
	const char *fs;        /* type of the file system; NULL where it is meaningless */
	const char *host_path; /* path on this host, if it differs from path */
};
struct file_use {
	int fd;           /* where the target has it open, -1 if nowhere */
	uint64_t last_ns; /* when a call on it ended last; any clock */
};
/* closer: checks every time, including what needs more than /proc/PID/fd, such as the place of a closed file.
 * Otherwise the facts of an idle file may be some readings old. Texts are valid until the next call for the
 * same key. */
struct file_facts file_names__facts(struct file_names *n, const struct ts_file_key *key,
				    const struct file_use *use, bool closer);
/* Finds the readers of all pipes that were first seen since the last call, in one search. */
void file_names__find_readers(struct file_names *n);
/* The other end of a pipe or socket; NULL if unknown. Valid until the next search. */
const char *file_names__peer(struct file_names *n, const struct ts_file_key *key);
void file_names__forget(struct file_names *n, const struct ts_file_key *key);

#endif
