// SPDX-License-Identifier: GPL-2.0-or-later
/* --help and the man page, from the tables. */
#include <string.h>

#include "cli/finding_lists.h"
#include "cli/help_text.h"
#include "cli/key_lists.h"
#include "cli/option_table.h"
#include "version.h"

#define HELP_COLUMN 28
#define HELP_WIDTH  80

void print_wrapped(FILE *out, size_t width, size_t column, const char *text)
{
	size_t at = column;

	while (*text) {
		size_t len = strcspn(text, " ");

		if (at > column && at + 1 + len > width) {
			fprintf(out, "\n%*s", (int)column, "");
			at = column;
		} else if (at > column) {
			fputc(' ', out);
			at++;
		}
		fwrite(text, 1, len, out);
		at += len;
		text += len + (text[len] == ' ');
	}
	fputc('\n', out);
}

static void print_option(FILE *out, const struct option_row *row)
{
	char left[64];
	int len = snprintf(left, sizeof(left), "  %c%c%s--%s%s%s%s", row->letter ? '-' : ' ',
			   row->letter ? row->letter : ' ', row->letter ? ", " : "  ", row->name,
			   !row->argument          ? ""
			   : row->kind == OPTIONAL ? "[="
						   : " ",
			   row->argument ? row->argument : "", row->kind == OPTIONAL ? "]" : "");

	if (len >= HELP_COLUMN)
		fprintf(out, "%s\n%*s", left, HELP_COLUMN, "");
	else
		fprintf(out, "%-*s", HELP_COLUMN, left);
	print_wrapped(out, HELP_WIDTH, HELP_COLUMN, row->help);
}

/* The help of one command, with its options. */
static void help_of(FILE *out, const struct command *command)
{
	unsigned bit = 1u << (command - COMMANDS);

	fprintf(out, "usage: threadscope %s [OPTION...]%s%s\n\n", command->name,
		*command->arguments ? " " : "", command->arguments);
	print_wrapped(out, HELP_WIDTH, 0, command->help);
	fputs("\noptions:\n", out);
	for (size_t i = 0; i < OPTION_COUNT; i++)
		if (OPTIONS[i].commands & bit)
			print_option(out, &OPTIONS[i]);
	findings__help(out, bit, HELP_WIDTH);
	fputs("\n'threadscope --help' lists the other commands; 'man threadscope' explains the\noutput.\n",
	      out);
}

void options__help(FILE *out, const struct command *command)
{
	if (command) {
		help_of(out, command);
		return;
	}
	fputs("usage: threadscope [COMMAND] [OPTION...] [-p PID | -n GLOB | -- COMMAND ARGS...]\n\n"
	      "Shows what every thread of a running process waits for, since when, and which\n"
	      "thread or process makes it wait; where threads come from and whether they pile\n"
	      "up; and what log writes cost. Does not stop the process.\n\ncommands:\n",
	      out);
	for (size_t i = 0; i < COMMAND_COUNT; i++) {
		fprintf(out, "  %-*s", HELP_COLUMN - 2, COMMANDS[i].name);
		print_wrapped(out, HELP_WIDTH, HELP_COLUMN, COMMANDS[i].help);
	}
	fputs("\noptions:\n", out);
	for (size_t i = 0; i < OPTION_COUNT; i++)
		print_option(out, &OPTIONS[i]);
	findings__help(out, ON_ALL, HELP_WIDTH);
	fputs("\nexit status: 0 success, 1 failure, 2 wrong usage, 3 no such target, 4 refused by\n"
	      "the kernel or for lack of privileges, 10 finding of --fail-on; or COMMAND's own\n"
	      "\nOn a terminal, top and logs open a full-screen view: '?' shows its keys.\n"
	      "\nexamples:\n"
	      "  sudo threadscope -p 4481            live view of one process\n"
	      "  sudo threadscope snapshot -p 4481   every thread now, with stacks and locks\n"
	      "  sudo threadscope top                every process of the machine\n"
	      "  sudo threadscope doctor             what works here, and remedies\n",
	      out);
}

void man_text(FILE *out, const char *text)
{
	for (; *text; text++) {
		if (*text == '-')
			fputs("\\-", out);
		else if (*text == '\\')
			fputs("\\e", out);
		else
			fputc(*text, out);
	}
}

void options__man(FILE *out)
{
	fputs(".SH COMMANDS\n", out);
	for (size_t i = 0; i < COMMAND_COUNT; i++) {
		fprintf(out, ".TP\n\\fB%s\\fR %s\n", COMMANDS[i].name, COMMANDS[i].arguments);
		man_text(out, COMMANDS[i].help);
		fputc('\n', out);
	}
	fputs(".SH OPTIONS\n", out);
	for (size_t i = 0; i < OPTION_COUNT; i++) {
		const struct option_row *row = &OPTIONS[i];

		fputs(".TP\n\\fB", out);
		if (row->letter)
			fprintf(out, "\\-%c\\fR, \\fB", row->letter);
		fputs("\\-\\-", out);
		man_text(out, row->name);
		fputs("\\fR", out);
		if (row->argument) {
			fputs(row->kind == OPTIONAL ? "[=\\fI" : " \\fI", out);
			man_text(out, row->argument);
			fputs(row->kind == OPTIONAL ? "\\fR]" : "\\fR", out);
		}
		fputc('\n', out);
		man_text(out, row->help);
		fputc('\n', out);
	}
	keys__man(out);
	findings__man(out);
}
