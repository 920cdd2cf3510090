/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * The process ("ts-starter") that keeps the privileges of top and logs, whose viewer gives them up. It reads
 * nothing and waits for nothing but requests: each is done by a child of it, which starts to collect, or, for
 * a full screen only, opens a file for the user.
 */
#ifndef TS_CLI_STARTER_H
#define TS_CLI_STARTER_H

#include <stdbool.h>
#include <stdint.h>
#include <sys/types.h>

#include "cli/options.h"
#include "feed/feed.h"

struct starter {
	int fd;        /* -1: it has ended, or was not started */
	unsigned last; /* of what was started so far, each has a number from 1 */
};

/* Starts it, before this process has threads or has opened anything. It ends with this process, and all that
 * it has started with it. screen: of a full screen; else it only starts the next collectors of a viewer that
 * prints. 0 or a negative errno. */
int starter__start(const struct options *o, bool screen, struct starter *ret);
void starter__close(struct starter *s);

/*
 * Of a viewer that prints: a collector in the place of one that has ended, or was killed. Of what that one
 * was at (progress.h), it leaves the file out, or else the process alone. ends: its ends of the pipes for
 * samples, messages and requests, which stay the caller's. count, duration_ns: as in the options, what is
 * left. 0 or a negative errno.
 */
#define STARTER_ENDS 3
int starter__next(struct starter *s, const int ends[STARTER_ENDS], uint64_t count, uint64_t duration_ns,
		  unsigned *ret_number);

/*
 * A collector. only: this process instead of the targets of the options, 0: those. record: --save FILE of a
 * screen's later ones (from 2) goes to live_collector__file. outputs: of COMMAND, its standard output and
 * error; -1: they are thrown away; all stay the caller's. It ends when its requests are closed (feed__close).
 * 0 or a negative errno.
 */
int starter__collector(struct starter *s, pid_t only, unsigned record, const int outputs[2],
		       struct feed_pipes *ret, unsigned *ret_number);
/* The events of a process, printed to out, which stays the caller's. 0 or a negative errno. */
int starter__events(struct starter *s, pid_t pid, int out, unsigned *ret_number);
/* One that has ended, and its wait status; 0: the starter has, and all others with it. false: none so far. */
bool starter__ended(struct starter *s, unsigned *ret_number, int *ret_status);
/* SIGKILL, of a collector with COMMAND after SIGTERM to that; nothing, if it has ended. */
void starter__kill(struct starter *s, unsigned number);

/* These wait for the answer. 0 or a negative errno. Also in threads. */
/* As saved_file__create. */
int starter__create(struct starter *s, const char *path, int *ret_fd);
/* text: a descriptor, from its beginning: as screen_settings__store. */
int starter__settings(struct starter *s, int text);
/* The first process of that name, as named_processes__find; -ESRCH: none. */
int starter__named(struct starter *s, const char *comm, pid_t *ret);

#endif
