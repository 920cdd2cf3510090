/* SPDX-License-Identifier: GPL-2.0-or-later */
/* The identity of a file. Not its build ID, which the author of a file can set freely. */
#ifndef TS_SYMBOLS_MODULE_KEY_H
#define TS_SYMBOLS_MODULE_KEY_H

#include <stdbool.h>
#include <string.h>
#include <sys/stat.h>

struct module_key {
	dev_t dev;
	ino_t inode;
	off_t size; /* 0: it is the same as no other */
	struct timespec mtime, ctime;
};

static inline struct module_key module_key__of(const struct stat *st)
{
	struct module_key key;

	memset(&key, 0, sizeof(key)); /* also its padding: keys are compared as bytes */
	key.dev = st->st_dev;
	key.inode = st->st_ino;
	key.size = st->st_size;
	key.mtime = st->st_mtim;
	key.ctime = st->st_ctim;
	return key;
}

static inline bool module_key__same(const struct module_key *a, const struct module_key *b)
{
	return a->size && memcmp(a, b, sizeof(*a)) == 0;
}

#endif
