/* SPDX-License-Identifier: GPL-2.0-or-later */
/* How help and the man page write their texts. */
#ifndef TS_CLI_HELP_TEXT_H
#define TS_CLI_HELP_TEXT_H

#include <stdio.h>

/* Text from a column on, and its newline; wrapped at words, later lines begin at that column, too. */
void print_wrapped(FILE *out, size_t width, size_t column, const char *text);
/* Escapes for man(7). No help text begins with a dot. */
void man_text(FILE *out, const char *text);

#endif
