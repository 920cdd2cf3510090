/* SPDX-License-Identifier: GPL-2.0-or-later */
/* What is known of a terminal by its TERM. By itself: the header of terminfo takes hundreds of plain names.
 */
#ifndef TS_SCREEN_TERMINFO_H
#define TS_SCREEN_TERMINFO_H

#include <stdbool.h>
#include <stddef.h>

/* TERM is known, and can move its cursor. */
bool terminfo__can_move(int fd);
/* What puts the terminal back: attributes, cursor, the screen that was there before. Returns the bytes, at
 * most size. */
size_t terminfo__way_back(char *dst, size_t size);

#endif
