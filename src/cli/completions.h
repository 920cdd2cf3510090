/* SPDX-License-Identifier: GPL-2.0-or-later */
/* What shells complete, from the tables of commands, options and findings. */
#ifndef TS_CLI_COMPLETIONS_H
#define TS_CLI_COMPLETIONS_H

#include <stdio.h>

/*
 * Three variables for completions/threadscope.SHELL.in, each a text of lines with fields between tabs:
 *   _threadscope_commands  NAME HELP
 *   _threadscope_options   COMMANDS -LETTER --NAME VALUE WORDS HELP
 *   _threadscope_findings  COMMANDS KIND HELP
 * COMMANDS has a comma around each name. A field without contents is "-". VALUE says what the value is: pids,
 * names, tids, files, kinds, words (WORDS), optional (WORDS, only behind "="), or any. shell: bash, zsh or
 * fish. -EINVAL: another one.
 */
int completions__print(FILE *out, const char *shell);

#endif
