/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Paths of the files that targets write to: told by the kernel side when a file is first met, kept up by
 * /proc. */
#ifndef TS_FILES_H
#define TS_FILES_H

#include "bpf/threadscope.h"
#include "sample/targets.h"

struct file_names;

struct file_names *file_names__new(struct targets *t);
void file_names__free(struct file_names *n);
/* TS_EVENT_FILE */
void file_names__event(struct file_names *n, const struct ts_event *e, size_t size);
/* The path now, following a rename; "" if not known. fd: where the target has it open, -1 if nowhere.
 * Lives until the next call for the same key. */
const char *file_names__path(struct file_names *n, const struct ts_file_key *key, int fd, bool *deleted);
void file_names__forget(struct file_names *n, const struct ts_file_key *key);

#endif
