/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Which files the holders of a lock were seen to write or sync while others waited for it: what a reading
 * finds between two calls is still the same convoy. Pure.
 */
#ifndef TS_MODEL_FINDINGS_CALL_MEMORY_H
#define TS_MODEL_FINDINGS_CALL_MEMORY_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <sys/types.h>

/* A holder in such a call. Texts belong to the memory. */
struct held_call {
	pid_t pid;
	uint64_t lock;
	const char *path;
	const char *call; /* "fsync"; a constant */
	bool sync;
	const char *name; /* of the thread */
	pid_t tid;
	uint64_t seen_ns; /* last */
};

struct call_memory;

struct call_memory *call_memory__new(void);
void call_memory__free(struct call_memory *m); /* NULL is fine */
/* The process has ended. */
void call_memory__forget(struct call_memory *m, pid_t pid);
/* Forgets what is too old at now_ns. */
void call_memory__age(struct call_memory *m, uint64_t now_ns);
/* Copies one; the same file of the same lock is kept once, with its last holder. */
void call_memory__keep(struct call_memory *m, const struct held_call *one);
/* The one at i; NULL: there are no more. Valid until the next change. */
const struct held_call *call_memory__get(const struct call_memory *m, size_t i);

#endif
