/* SPDX-License-Identifier: GPL-2.0-or-later */
/* The processes that have the other ends of pipes that goroutines wait on. */
#ifndef TS_GO_COLLECT_GO_PIPES_H
#define TS_GO_COLLECT_GO_PIPES_H

#include <sys/types.h>

#include "facts/goroutines.h"
#include "target/pipe_readers.h"
#include "util/arena.h"

struct open_files;

/* Zeroed but for pid, it is empty. */
struct go_pipes {
	pid_t pid;               /* the program */
	struct open_files *open; /* NULL: not needed so far */
	struct go_pipe_holder *found;
	size_t count, room;
};

/*
 * Looks for those that have the other end of a pipe that a goroutine of this group (g, at that index of the
 * reading) waits on; path: what the link of its descriptor says. The first call reads the descriptors of
 * every process. ret: one of them, rather another process than the program, and how many others; pid 0: it is
 * no anonymous pipe, or none is known.
 */
void go_pipes__look(struct go_pipes *p, struct go_group *g, size_t group, const char *path, bool write,
		    struct pipe_reader *ret);
/* Names those that were found, in the groups; texts are in a. */
void go_pipes__name(struct go_pipes *p, struct go_reading *report, struct arena *a);
void go_pipes__free(struct go_pipes *p);

#endif
