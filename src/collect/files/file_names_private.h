/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Files by key, for the parts of file_names. */
#ifndef TS_COLLECT_FILES_FILE_NAMES_PRIVATE_H
#define TS_COLLECT_FILES_FILE_NAMES_PRIVATE_H

#include "collect/files/file_names.h"
#include "collect/files/peer_names.h"
#include "util/table.h"

struct named_file {
	struct ts_file_key key;
	char *path;  /* "" if not known */
	char *first; /* the path at which it was first seen, if that differs; otherwise NULL */
	bool deleted;
	bool outside; /* of its process's root: the file is not below it */
	char fs[TS_FS_BYTES];
	char *peer, *host_path;
	struct pipe_reader reader; /* of a pipe that has a peer */
	bool host_path_known, fs_asked;
	bool has_namesake; /* another file with its inode number was seen */
	uint64_t met_ns;   /* CLOCK_REALTIME at which it existed */
	uint64_t used_ns;  /* at the last check of its descriptor, which then */
	bool open;         /* still led to it */
	unsigned searches; /* failed searches for a pipe's reader or the place of a closed file */
	UT_hash_handle hh;
};

struct file_names {
	struct targets *targets;
	struct named_file *files;
	unsigned readings, closed, slices;
};

/*
 * A file that was removed may give its inode number to the next one at once: within a tick, times of creation
 * cannot tell the two apart, but the kernel side's keys do, and the paths at which each was first seen.
 */
/* A file that has just been announced: takes back its path from an earlier one, read from a descriptor since.
 */
void namesakes__met(struct named_file *files, struct named_file *f);
/* Whether a path is that at which a later file with the number of `f` was first seen. */
bool namesakes__have(const struct named_file *files, const struct named_file *f, const char *path);

#endif
