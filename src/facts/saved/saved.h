/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Saved samples: a file of JSON lines. The first says what it is,
 *   {"schema":"threadscope/sample/1","command":"top","every_process":false}
 * each later one is a sample (top: the base line first), with, for a snapshot,
 * a line {"wall_ns":N} before it, of several snapshots {"wall_ns":N,"number":2,"of":5}. What is 0, false or
 * NULL is left out. Numbers that do not fit a signed 64-bit integer, and addresses, are "0x..." texts; texts
 * are escaped as util/escape.h does for JSON, so any byte survives. Readers take a file for hostile: nothing
 * in it is used unchecked.
 */
#ifndef TS_FACTS_SAVED_SAVED_H
#define TS_FACTS_SAVED_SAVED_H

#include <stdio.h>

#include "facts/sample.h"

struct saved_header {
	bool snapshot;      /* else: top */
	bool every_process; /* top without targets */
};

/*
 * Creates the file, for its owner alone, and writes the first line. A link, or
 * what is no file of our own user, is refused: -ELOOP, -EPERM. Else 0 or the
 * negative errno. The caller closes *ret.
 */
int saved__create(const char *path, const struct saved_header *h, FILE **ret);
/* 0; -EINVAL: not such a file; or the negative errno of reading. */
int saved__read_header(FILE *in, struct saved_header *ret);

/* What is no part of a snapshot's sample. */
struct saved_snapshot {
	uint64_t wall_ns;    /* that the command had taken */
	uint64_t number, of; /* which of several of its process; 1 of 1: alone */
};
/* As below. */
int saved__save_snapshot(FILE *out, const struct saved_snapshot *h);
int saved__load_snapshot(FILE *in, struct saved_snapshot *ret);

/* 0, or why what was written did not arrive. */
int saved__flush(FILE *out);

/* Writes one line and flushes. 0, -ENOMEM, or why it could not be written. */
int sample__save(FILE *out, const struct sample *s);
/* Reads one line; the caller frees *ret with sample__free. -ENODATA: there is none; -EINVAL: it is no sample;
 * or the negative errno of reading. */
int sample__load(FILE *in, struct sample **ret);

#endif
