/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * The memory of a Java virtual machine: a process, or in tests something that lies. Read through a cache that
 * is emptied at each reading, because what is near is read together.
 */
#ifndef TS_JAVA_RUNTIME_VM_MEMORY_H
#define TS_JAVA_RUNTIME_VM_MEMORY_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <sys/types.h>

struct vm_memory {
	ssize_t (*read)(void *arg, uint64_t address, void *buf, size_t len); /* as process__read */
	void *arg;
	struct vm_cache *cache;
	struct vm_copy {
		uint64_t start;
		const uint8_t *bytes;
		size_t len;   /* 0: none */
	} copy;               /* of a part, which is used instead of what is there now */
	uint64_t blocks_left; /* that may still be read */
	uint64_t looks;       /* at blocks since the start, most of them in the cache */
	uint64_t until_ns;    /* of this thread's CPU time: what is in the cache can be a circle, too */
};

/* Forgets what was read. From then on at most that many blocks can be read, and nothing after about 2 s of
 * CPU time. */
void vm_memory__start(struct vm_memory *m, uint64_t blocks_max);
void vm_memory__free(struct vm_memory *m);
/* True if all of it was read. */
bool vm_memory__read(struct vm_memory *m, uint64_t address, void *buf, size_t len);
/* A number of 1, 2, 4 or 8 bytes, zero-extended. */
bool vm_memory__number(struct vm_memory *m, uint64_t address, size_t len, uint64_t *ret);
bool vm_memory__pointer(struct vm_memory *m, uint64_t address, uint64_t *ret);
bool vm_memory__int(struct vm_memory *m, uint64_t address, int32_t *ret);
/* Up to its NUL. False: not readable, or longer than size - 1 bytes. */
bool vm_memory__string(struct vm_memory *m, uint64_t address, char *buf, size_t size);

#endif
