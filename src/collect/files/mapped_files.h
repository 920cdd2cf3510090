/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Files that targets have mapped to write to. A store into such a mapping is no
 * call, so it is not counted as a write: the view on logs says so. Mappings are
 * read every five seconds, and less often where reading them takes long.
 */
#ifndef TS_COLLECT_FILES_MAPPED_FILES_H
#define TS_COLLECT_FILES_MAPPED_FILES_H

#include "facts/sample.h"
#include "target/process.h"

struct mapped_files;

struct mapped_files *mapped_files__new(void);
void mapped_files__free(struct mapped_files *m); /* NULL is fine */
/* Fills mapped of s, for the processes that s has. */
void mapped_files__list(struct mapped_files *m, struct sample *s);
/* Of a mapping that is shared and writable: is it a file that somebody may look for lines in? Not shared
 * memory by another name. */
bool mapped_file__wanted(const char *path, bool deleted);

#endif
