/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Samples in a file or down a pipe, as they are made (form.h): a head, then samples (top: the base line
 * first); of snapshots each after its saved_snapshot. Made from the table of facts (facts/fields.h).
 */
#ifndef TS_FACTS_SAVED_SAVED_H
#define TS_FACTS_SAVED_SAVED_H

#include <stdio.h>

#include "facts/sample.h"
#include "facts/saved_head.h"

struct saved_writer;
struct saved_reader;

/* Writes the head (calls 0: of this processor), and takes out over if it succeeds. 0, or why it could not be
 * written. */
int saved_writer__new(FILE *out, const struct saved_head *h, struct saved_writer **ret);
/* The same into a descriptor, which it takes in any case. */
int saved_writer__to(int fd, const struct saved_head *h, struct saved_writer **ret);
/*
 * The same into a new file, for its owner alone, which takes the place of an old one at once. A link (also
 * one of another user on the way), or what is no file of our own user, is refused: -ELOOP, -EPERM. Else 0 or
 * the negative errno.
 */
int saved_writer__create(const char *path, const struct saved_head *h, struct saved_writer **ret);
/* Only the file, still empty. */
int saved_file__create(const char *path, int *ret_fd);
/* From now on fn creates it, by another process that has the privileges; NULL: this process. Before there are
 * threads. */
void saved_writer__create_by(int (*fn)(void *arg, const char *path, int *ret_fd), void *arg);
/* NULL is fine. 0, or why the last of it could not be written: some file systems say so only now. */
int saved_writer__close(struct saved_writer *w);
/* Each is written and flushed. 0, or why it could not be written. */
int saved_writer__snapshot(struct saved_writer *w, const struct saved_snapshot *h);
int saved_writer__sample(struct saved_writer *w, const struct sample *s);
/* From now on also with the list of all goroutines, which files do without. */
void saved_writer__whole(struct saved_writer *w);
/*
 * Copies records of another writer of this version that begin with a value: they begin anew, and no further
 * value can be written behind them but other such records. without_first: not the first value, only what it
 * defines for others.
 */
int saved_writer__copy(struct saved_writer *w, const void *records, size_t size, bool without_first);
int saved_writer__note(struct saved_writer *w, const struct saved_note *n);

/*
 * Reads the head; in stays the caller's, and open as long as the reader. 0;
 *   -EPROTONOSUPPORT  saved by threadscope 0.1 (JSON lines)
 *   -EPROTO           saved by another version, whose form is not known
 *   -EINVAL           no such file, or damaged
 * or the negative errno of reading.
 */
int saved_reader__open(FILE *in, struct saved_head *ret_head, struct saved_reader **ret);
void saved_reader__close(struct saved_reader *r); /* NULL is fine */
/* 0; -ENODATA: there is no further one; -EBADMSG: the file ends in the middle of it; -EINVAL: damaged; or the
 * negative errno of reading. The caller frees *ret with sample__free. Its calls have the numbers
 * of this processor (facts/calls.h). */
int saved_reader__snapshot(struct saved_reader *r, struct saved_snapshot *ret);
int saved_reader__sample(struct saved_reader *r, struct sample **ret);
/* As saved_reader__snapshot, of a collector: *ret_noted: no snapshot comes here, but a note. */
int saved_reader__noted_snapshot(struct saved_reader *r, struct saved_snapshot *ret, bool *ret_noted);
/* The note in front of the last sample, or of the end; all zero: there was none. */
struct saved_note saved_reader__note(const struct saved_reader *r);
/* What one of these errors says of the file, in a clause. */
const char *saved__problem(int err);

#endif
