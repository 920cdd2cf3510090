/* SPDX-License-Identifier: GPL-2.0-or-later */
/* The table of keys (screen/keys.def), printed: for the man page and docs/. */
#ifndef TS_CLI_KEY_LISTS_H
#define TS_CLI_KEY_LISTS_H

#include <stdio.h>

/* The man page's section KEYS, in man(7) format. */
void keys__man(FILE *out);
/* The table in docs/interface.md, with the names for the settings file. */
void keys__markdown(FILE *out);

#endif
