// SPDX-License-Identifier: GPL-2.0-or-later
#include "cli/completions.h"

#include <errno.h>
#include <string.h>

#include "cli/finding_lists.h"
#include "cli/option_table.h"
#include "probes/features.h"

struct printer {
	FILE *out;
	bool fish;
};

/* Within single quotes. */
static void put_bytes(const struct printer *p, const char *s, size_t length)
{
	for (size_t i = 0; i < length; i++) {
		if (p->fish && (s[i] == '\'' || s[i] == '\\'))
			fputc('\\', p->out);
		if (s[i] == '\'' && !p->fish)
			fputs("'\\'", p->out);
		fputc(s[i], p->out);
	}
}

static void put(const struct printer *p, const char *s)
{
	put_bytes(p, s, strlen(s));
}

/* Up to the first "; ", ". " or " (": what follows is for the manual. */
static void put_help(const struct printer *p, const char *help)
{
	size_t length = strlen(help);

	for (size_t i = 1; i + 1 < length; i++)
		if ((help[i + 1] == ' ' && strchr(";.", help[i]) && help[i - 1] != '.') ||
		    (help[i] == ' ' && help[i + 1] == '('))
			length = i;
	put_bytes(p, help, length);
	put(p, "\n");
}

static void begin(const struct printer *p, const char *name)
{
	if (p->fish)
		fprintf(p->out, "set -g %s '", name);
	else
		fprintf(p->out, "%s='", name);
}

static void end(const struct printer *p)
{
	fputs("'\n", p->out);
}

static void put_commands(const struct printer *p, unsigned commands)
{
	put(p, ",");
	for (size_t i = 0; i < COMMAND_COUNT; i++) {
		if (!(commands >> i & 1))
			continue;
		put(p, COMMANDS[i].name);
		put(p, ",");
	}
	put(p, "\t");
}

/* What the value is, by the name that the help has for it. */
static const char *value_of(const struct option_row *row)
{
	static const struct {
		const char *argument, *value;
	} values[] = {{"PID[,PID...]", "pids"}, {"TID[,TID...]", "tids"}, {"FILE", "files"},
		      {"PATH", "files"},        {"KIND[,KIND]", "kinds"}, {"NAME=CHOICE", "words"}};

	if (!row->argument)
		return "-";
	if (row->kind == OPTIONAL)
		return "optional";
	for (size_t i = 0; i < sizeof(values) / sizeof(values[0]); i++)
		if (!strcmp(row->argument, values[i].argument))
			return values[i].value;
	if (!strcmp(row->argument, "GLOB"))
		return strcmp(row->name, "name") ? "files" : "names";
	return strchr(row->argument, '|') ? "words" : "any";
}

static void put_hooks(const struct printer *p)
{
	for (int i = 0; i < WRITE_HOOKS; i++)
		fprintf(p->out, "%swrites=%s", i ? " " : "", write_hook__name((enum write_hook)i));
	for (int i = 0; i < STORAGE_KINDS; i++)
		fprintf(p->out, " storage=%s", storage_kind__name((enum storage_kind)i));
	for (int i = 0; i < ITERATOR_KINDS; i++)
		fprintf(p->out, " iterator=%s", iterator_kind__name((enum iterator_kind)i));
	for (int i = 0; i < URING_HOOKS; i++)
		fprintf(p->out, " io_uring=%s", uring_hook__name((enum uring_hook)i));
}

static void put_words(const struct printer *p, const struct option_row *row)
{
	if (!strcmp(row->name, "hook"))
		put_hooks(p);
	else if (!row->argument || !strchr(row->argument, '|'))
		put(p, "-");
	else
		for (const char *c = row->argument; *c; c++)
			put_bytes(p, *c == '|' ? " " : c, 1);
	put(p, "\t");
}

static void put_option(const struct printer *p, const struct option_row *row)
{
	const char letter[] = {'-', row->letter, '\0'};

	put_commands(p, (unsigned)row->commands);
	put(p, letter);
	put(p, "\t--");
	put(p, row->name);
	put(p, "\t");
	put(p, value_of(row));
	put(p, "\t");
	put_words(p, row);
	put_help(p, row->help);
}

int completions__print(FILE *out, const char *shell)
{
	const struct printer p = {out, !strcmp(shell, "fish")};

	if (!p.fish && strcmp(shell, "bash") && strcmp(shell, "zsh"))
		return -EINVAL;
	begin(&p, "_threadscope_commands");
	for (size_t i = 0; i < COMMAND_COUNT; i++) {
		put(&p, COMMANDS[i].name);
		put(&p, "\t");
		put_help(&p, COMMANDS[i].help);
	}
	end(&p);
	begin(&p, "_threadscope_options");
	for (size_t i = 0; i < OPTION_COUNT; i++)
		put_option(&p, &OPTIONS[i]);
	end(&p);
	begin(&p, "_threadscope_findings");
	put(&p, ",top,logs,snapshot,replay,\tany\tany finding\n"
		",top,logs,snapshot,replay,\twarning\ta warning, or worse\n"
		",top,logs,snapshot,replay,\tcritical\ta critical finding\n");
	for (enum finding_kind kind = 0; kind < FINDING_KINDS; kind++) {
		put_commands(&p, findings__commands(kind));
		put(&p, FINDING_TYPES[kind].name);
		put(&p, "\t");
		put_help(&p, FINDING_TYPES[kind].meaning);
	}
	end(&p);
	return 0;
}
