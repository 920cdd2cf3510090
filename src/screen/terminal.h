/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * The terminal, by ncurses, and nowhere else: shows a canvas, reads keys. Whatever ends the program, the
 * terminal is put back as it was.
 */
#ifndef TS_SCREEN_TERMINAL_H
#define TS_SCREEN_TERMINAL_H

#include "screen/canvas.h"
#include "screen/keys.h"

struct terminal;

/*
 * Takes the terminal over. Keys come from standard input, or from /dev/tty where that is no terminal. colour:
 * as far as it has some. 0; -ENOTTY: no terminal; -ENOTSUP: its TERM is unknown, or cannot move a cursor.
 */
int terminal__open(bool colour, struct terminal **ret);
/* TERM is one of a terminal that can move its cursor. */
bool terminal__known(void);
/* Gives it back. NULL is fine. */
void terminal__close(struct terminal *t);
/* The same for a while, as for a stopped job, and takes it over again. */
void terminal__leave(struct terminal *t);
void terminal__return(struct terminal *t);

/* Can be read when a key was pressed; for the loop. */
int terminal__fd(const struct terminal *t);
/* Only ASCII can be shown. */
bool terminal__ascii(const struct terminal *t);
/* As it is now, 0 where it does not say. */
void terminal__size(struct terminal *t, unsigned *ret_rows, unsigned *ret_columns);
/* Sends what differs from what it shows. again: all of it. */
void terminal__show(struct terminal *t, const struct canvas *c, bool again);
/* The next key, without waiting. false: none, or one that means nothing. *ret_over: standard input has ended.
 */
bool terminal__key(struct terminal *t, struct key *ret, bool *ret_over);
/* To its clipboard, where it supports that (OSC 52). */
void terminal__copy(struct terminal *t, const char *text);

#endif
