/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * bpf/snapshot.bpf.c, loaded by a small program in the kernel ("light skeleton", 5.17): the kernel relocates
 * the programs itself, so its types are not read and searched here, which takes 25 ms instead of 3.
 */
#ifndef TS_PROBES_SNAPSHOT_OBJECT_H
#define TS_PROBES_SNAPSHOT_OBJECT_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <sys/types.h>

#include "bpf/threadscope.h"

struct light;

/* -EOPNOTSUPP: not supported by this kernel; -EPERM: not allowed; or another negative errno. */
int light__open(struct light **ret);
void light__close(struct light *l); /* NULL is fine */
/* Loads and unloads. Returns as light__open. */
int light__try(void);
/* Descriptor of the iterator program. Owned by l. */
int light__iterator(const struct light *l);
/* What the next pass collects. */
void light__set_pass(struct light *l, enum ts_kstack kernel_stacks, bool registers, pid_t only_pid);
/* Descriptor of the iterator over the sockets of that process, for the next pass. Owned by l. */
int light__sockets(struct light *l, pid_t pid);
/* The same for threads that their cgroup may hold up. */
int light__causes(struct light *l, pid_t pid);
/* Writes "function+0x10/0x20 [module]", or the bare address if it is in no function. Cut to size, ended by
 * NUL. 0 or a negative errno. */
int light__symbol(struct light *l, uint64_t address, char *buf, size_t size);

#endif
