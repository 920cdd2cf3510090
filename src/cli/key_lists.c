// SPDX-License-Identifier: GPL-2.0-or-later
#include "cli/key_lists.h"

#include "cli/help_text.h"
#include "screen/keys.h"

void keys__man(FILE *out)
{
	fputs(".SH KEYS\nOf the full-screen view.\n", out);
	for (enum action action = 1; action < ACTIONS; action++) {
		fputs(".TP\n\\fB", out);
		man_text(out, KEY_HELP[action].keys);
		fputs("\\fR\n", out);
		man_text(out, KEY_HELP[action].what);
		fputc('\n', out);
	}
}

void keys__markdown(FILE *out)
{
	fputs("| keys | do | setting |\n|---|---|---|\n", out);
	for (enum action action = 1; action < ACTIONS; action++) {
		char name[ACTION_NAME];

		fprintf(out, "| `%s` | %s | `key.%s` |\n", KEY_HELP[action].keys, KEY_HELP[action].what,
			action__name(action, name));
	}
}
