// SPDX-License-Identifier: GPL-2.0-or-later
#include "cli/finding_lists.h"

#include <string.h>

#include "cli/fail_on.h"
#include "cli/help_text.h"
#include "cli/option_table.h"
#include "util/append.h"

#define LABEL_COLUMN   20
#define MARKDOWN_WIDTH 110
#define TEXT_ROOM      2048

static const struct {
	const char *name, *shown;
	unsigned commands;  /* commands that report these findings, and replay of their files */
	unsigned reporters; /* enum finding_reporter */
} REPORTERS[] = {
	{"top", "top", ON_TOP | ON_REPLAY, IN_TOP},
	{"logs", "logs", ON_LOGS, IN_LOGS},
	{"snapshot", "snapshot", ON_SNAPSHOT | ON_REPLAY, IN_SNAPSHOT},
	{NULL, "snapshot --count", ON_SNAPSHOT | ON_REPLAY, IN_SNAPSHOT | IN_SERIES},
};
#define REPORTER_COUNT (sizeof(REPORTERS) / sizeof(REPORTERS[0]))

void findings__help(FILE *out, unsigned commands, size_t width)
{
	char kinds[FAIL_ON_KINDS];
	bool any = false;

	for (size_t i = 0; i < REPORTER_COUNT; i++) {
		bool also = !REPORTERS[i].name;

		if (!(REPORTERS[i].commands & commands))
			continue;
		if (!any)
			fputs("\nfindings, for --fail-on:\n", out);
		any = true;
		fprintf(out, "  %-*s", LABEL_COLUMN - 2, REPORTERS[i].shown);
		fail_on__kinds(kinds, sizeof(kinds), also ? IN_SERIES : REPORTERS[i].reporters);
		if (also)
			fputs("also ", out);
		print_wrapped(out, width, LABEL_COLUMN + (also ? strlen("also ") : 0), kinds);
	}
}

unsigned findings__commands(enum finding_kind kind)
{
	unsigned commands = 0;

	for (size_t i = 0; i < REPORTER_COUNT; i++)
		if (REPORTERS[i].reporters & FINDING_TYPES[kind].reporters)
			commands |= REPORTERS[i].commands;
	return commands;
}

/* "top, logs, snapshot"; for a kind that needs several snapshots, "snapshot --count". */
static char *reporters_of(char *dst, size_t size, unsigned reporters)
{
	size_t used = 0;

	*dst = '\0';
	for (size_t i = 0; i < REPORTER_COUNT; i++) {
		unsigned bit = REPORTERS[i].name ? REPORTERS[i].reporters : IN_SERIES;

		if (bit & reporters)
			append(dst, size, &used, "%s%s", used ? ", " : "", REPORTERS[i].shown);
	}
	return dst;
}

void findings__man(FILE *out)
{
	char commands[64];

	fputs(".SH FINDINGS\nKinds for ", out);
	man_text(out, "--fail-on");
	fputs("; the output shows findings first.\n", out);
	for (enum finding_kind kind = 0; kind < FINDING_KINDS; kind++) {
		const struct finding_type *t = &FINDING_TYPES[kind];

		fputs(".TP\n\\fB", out);
		man_text(out, t->name);
		fputs("\\fR (", out);
		man_text(out, reporters_of(commands, sizeof(commands), t->reporters));
		fprintf(out, "; %s", severity__name(t->severity));
		if (*t->otherwise)
			fputs("; ", out);
		man_text(out, t->otherwise);
		fputs(")\n", out);
		man_text(out, t->meaning);
		fputs("\n.br\nNext: ", out);
		man_text(out, t->next);
		fputc('\n', out);
	}
}

static void markdown_row(FILE *out, const struct finding_type *t)
{
	fprintf(out, "| `%s` | %s |", t->name, severity__name(t->severity));
	for (size_t i = 0; i < REPORTER_COUNT; i++)
		fputs(t->reporters & REPORTERS[i].reporters ? " yes |" : " |", out);
	fputc('\n', out);
}

static void markdown_text(FILE *out, const struct finding_type *t)
{
	char text[TEXT_ROOM];
	size_t used = 0;

	append(text, sizeof(text), &used, "`%s` (%s%s%s): %s", t->name, severity__name(t->severity),
	       *t->otherwise ? "; " : "", t->otherwise, t->meaning);
	if (*t->tids)
		append(text, sizeof(text), &used, " `tids`: %s.", t->tids);
	append(text, sizeof(text), &used, " *Next*: %s", t->next);
	fputs("- ", out);
	print_wrapped(out, MARKDOWN_WIDTH, 2, text);
}

void findings__markdown(FILE *out)
{
	fputs("| finding | severity |", out);
	for (size_t i = 0; i < REPORTER_COUNT; i++)
		fprintf(out, " `%s` |", REPORTERS[i].shown);
	fputs("\n|---|---|", out);
	for (size_t i = 0; i < REPORTER_COUNT; i++)
		fputs("---|", out);
	fputc('\n', out);
	for (enum finding_kind kind = 0; kind < FINDING_KINDS; kind++)
		markdown_row(out, &FINDING_TYPES[kind]);
	fputc('\n', out);
	for (enum finding_kind kind = 0; kind < FINDING_KINDS; kind++)
		markdown_text(out, &FINDING_TYPES[kind]);
}
