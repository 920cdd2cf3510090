/* SPDX-License-Identifier: GPL-2.0-or-later */
/* The table of findings, printed: for help, the man page and docs/. */
#ifndef TS_CLI_FINDING_LISTS_H
#define TS_CLI_FINDING_LISTS_H

#include <stddef.h>
#include <stdio.h>

#include "report/finding.h"

/* What --fail-on takes, a line for each of these commands (as option_row.commands). */
void findings__help(FILE *out, unsigned commands, size_t width);
/* The commands that report findings of a kind, as option_row.commands. */
unsigned findings__commands(enum finding_kind kind);
/* The man page's section FINDINGS, in man(7) format. */
void findings__man(FILE *out);
/* The lists in docs/interface.md. */
void findings__markdown(FILE *out);

#endif
