/* SPDX-License-Identifier: GPL-2.0-or-later */
/* The pure part of mappings.c, for tests: text of /proc/PID/maps to a list. */
#ifndef TS_TARGET_MAPPINGS_H
#define TS_TARGET_MAPPINGS_H

#include "target/process.h"

/* Parses one line in place, without its newline. False: not a line of a maps file. */
bool mapping__parse(char *line, struct mapping *ret);
/* text is from the heap and belongs to ret afterwards, unless an error is returned (-ENOMEM). */
int mappings__parse(char *text, struct mappings *ret);

#endif
