/* SPDX-License-Identifier: GPL-2.0-or-later */
/* What the parser (parser.h) gives up before it sees a foreign byte. */
#ifndef TS_SYMBOLS_PARSER_RIGHTS_H
#define TS_SYMBOLS_PARSER_RIGHTS_H

#include <stdbool.h>
#include <stdint.h>

/*
 * In the parser, for good: capabilities, new privileges, memory beyond that many bytes more, files that are
 * written, and all system calls but those that read and map memory: no path, no socket, no process.
 */
void parser_rights__give_up(uint64_t more_bytes);

/* Why this kernel, or who has started threadscope, lets a process not filter its own system calls. NULL: it
 * does. */
const char *parser_rights__problem(void);
/* Whether the kernel has Landlock, which keeps files away once more. */
bool parser_rights__has_landlock(void);

#endif
