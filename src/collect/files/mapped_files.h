/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Files that targets have mapped writable. A store into such a mapping is not a system call and is not
 * counted as a write: the view on logs lists these files. Mappings are read every five seconds, less often
 * where reading takes long.
 */
#ifndef TS_COLLECT_FILES_MAPPED_FILES_H
#define TS_COLLECT_FILES_MAPPED_FILES_H

#include "facts/sample.h"
#include "target/process.h"

struct mapped_files;

struct mapped_files *mapped_files__new(void);
void mapped_files__free(struct mapped_files *m); /* NULL is fine */
/* Fills mapped of s, for the processes of s. */
void mapped_files__list(struct mapped_files *m, struct sample *s);
/* Whether a shared, writable mapping may be a log, not shared memory under another name. */
bool mapped_file__wanted(const char *path, bool deleted);

#endif
