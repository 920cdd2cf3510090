/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Who has a pipe, socket or file open: the descriptors of every process, read once. */
#ifndef TS_TARGET_OPEN_FILES_H
#define TS_TARGET_OPEN_FILES_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <sys/types.h>

struct open_files;

struct open_end {
	pid_t pid;
	int fd;
};

/* Reads only links of /proc, for at most about that CPU time; threadscope's own are left out. Never NULL. */
struct open_files *open_files__read(uint64_t cpu_ns);
void open_files__free(struct open_files *o); /* NULL is fine */
/* All descriptors of all processes were read. */
bool open_files__whole(const struct open_files *o);
/* Those that have it open still, by what the link of a descriptor says ("pipe:[123]"); at most max. */
size_t open_files__find(const struct open_files *o, const char *link, struct open_end *ret, size_t max);

/* The same of one process alone. */
size_t open_files__of(pid_t pid, const char *link, struct open_end *ret, size_t max);

/* What a descriptor leads to now, as its link says it. Returns link; NULL: not open, or not readable. */
#define OPEN_LINK 4200
const char *open_end__link(struct open_end e, char link[OPEN_LINK]);
/* O_RDONLY, O_WRONLY, O_RDWR; -1: not known. */
int open_end__mode(struct open_end e);
bool open_end__is_fifo(struct open_end e);
/* Both lead to the same file, whatever their links say. False also if it is not known. */
bool open_ends__same(struct open_end a, struct open_end b);

#endif
