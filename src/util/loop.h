/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * One place to wait: file descriptors, a timer and signals, each with a function that is called when
 * something has come. A turn waits until that is so, calls the functions, and returns to the caller that runs
 * the loop.
 */
#ifndef TS_UTIL_LOOP_H
#define TS_UTIL_LOOP_H

#include <signal.h>
#include <stdint.h>
#include <sys/signalfd.h>

struct loop;

#define LOOP_FOREVER UINT64_MAX

/* 0 or a negative errno. */
int loop__new(struct loop **ret);
/* Closes the timer and what reads signals, which stay blocked. NULL is fine. */
void loop__free(struct loop *l);

/*
 * fn is called in each turn in which fd can be read or has hung up, until it is
 * removed. fd stays the caller's; it is removed before it is closed. 0 or a
 * negative errno: -EPERM: it never has to be waited for (a regular file);
 * -EEXIST.
 */
int loop__add(struct loop *l, int fd, void (*fn)(void *arg, int fd), void *arg);
/* Also from within a function that the loop has called; fd may be one that was never added. */
void loop__remove(struct loop *l, int fd);

/*
 * Ticks every interval_ns, the first time that long from now. The times are
 * fixed at the start, so it does not drift; ticks that came between two waits
 * are reported as one, with their number. There is one timer: this replaces it. 0
 * stops it. 0 or a negative errno.
 */
int loop__every(struct loop *l, uint64_t interval_ns, void (*fn)(void *arg, uint64_t ticks), void *arg);

/*
 * Blocks these signals and reports each that arrives, in the process's own thread
 * or to the process. A child that is forked has them blocked, too: it must give
 * back what it got. Once. 0 or a negative errno.
 */
int loop__signals(struct loop *l, const sigset_t *set,
		  void (*fn)(void *arg, const struct signalfd_siginfo *info), void *arg);

/*
 * One turn: waits until something comes, or until end_ns (CLOCK_MONOTONIC;
 * LOOP_FOREVER; in the past: only looks), and calls the functions. 0 or a
 * negative errno, never -EINTR.
 */
int loop__turn(struct loop *l, uint64_t end_ns);

#endif
