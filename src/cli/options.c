// SPDX-License-Identifier: GPL-2.0-or-later
#include "cli/options.h"

#include <errno.h>
#include <string.h>

#include "cli/fail_on.h"
#include "cli/option_table.h"
#include "version.h"

static const char *expectation(const struct option_row *row)
{
	switch (row->kind) {
	case DURATION:
		return "a duration above zero with a unit, such as 500us, 10ms, 1.5s or 2m";
	case COUNT:
		return "a whole number of at least 1";
	default:
		return row->argument;
	}
}

static const struct option_row *find_long(const char *name, size_t len)
{
	for (size_t i = 0; i < OPTION_COUNT; i++)
		if (strlen(OPTIONS[i].name) == len && !memcmp(OPTIONS[i].name, name, len))
			return &OPTIONS[i];
	return NULL;
}

static const struct option_row *find_letter(char letter)
{
	for (size_t i = 0; i < OPTION_COUNT; i++)
		if (OPTIONS[i].letter == letter)
			return &OPTIONS[i];
	return NULL;
}

struct parser {
	struct options *o;
	int argc, at;
	char **argv;
	char *error;
	size_t error_size;
	uint64_t used; /* bit i: OPTIONS[i] was given */
	bool help, version;
};

static int fail(struct parser *p, const char *format, const char *a, const char *b)
{
	snprintf(p->error, p->error_size, format, a, b);
	return -EINVAL;
}

static int take(struct parser *p, const struct option_row *row, const char *shown, const char *attached)
{
	const char *value = attached;
	int err;

	if (!row)
		return fail(p, "unknown option '%s'; 'threadscope --help' lists the options%s", shown, "");
	if (row->letter == 'h')
		p->help = true;
	else if (row->letter == 'V')
		p->version = true;
	if (p->help || p->version)
		return 0;
	if (!row->argument && attached)
		return fail(p, "option '--%s' does not accept a value, but has '%s'", row->name, attached);
	if (row->argument && !value && row->kind != OPTIONAL) {
		if (p->at + 1 >= p->argc)
			return fail(p, "option '--%s' needs a value: %s", row->name, expectation(row));
		value = p->argv[++p->at];
	}
	err = option__set(p->o, row, value);
	if (!err) {
		p->used |= 1ull << (row - OPTIONS);
		return 0;
	}
	if (err == -E2BIG)
		return fail(p, "too many values for '--%s'%s", row->name, "");
	if (err == -EILSEQ)
		return fail(p, "unclosed bracket in '%s' for --%s", value, row->name);
	if (err == -ENAMETOOLONG)
		return fail(p, "'%s' cannot match: process names have at most 15 characters%s", value, "");
	if (*p->o->match_error)
		return fail(p, "invalid regular expression '%s': %s", value, p->o->match_error);
	if (!strcmp(row->name, "fail-on")) {
		char kinds[FAIL_ON_KINDS];

		return fail(p,
			    "invalid value '%.64s' for --fail-on: expected " FAIL_ON_SEVERITIES
			    " or kinds of findings: %s",
			    value, fail_on__kinds(kinds, sizeof(kinds), ~0u));
	}
	snprintf(p->error, p->error_size, "invalid value '%s' for --%s: expected %s", value, row->name,
		 expectation(row));
	return -EINVAL;
}

static int take_long(struct parser *p, const char *text)
{
	const char *equals = strchr(text, '=');
	size_t len = equals ? (size_t)(equals - text) : strlen(text);

	return take(p, find_long(text + 2, len - 2), text, equals ? equals + 1 : NULL);
}

/* -p4481, -p 4481, and flags run together */
static int take_short(struct parser *p, const char *text)
{
	int err;

	for (const char *c = text + 1; *c; c++) {
		const struct option_row *row = find_letter(*c);

		if (row && row->argument)
			return take(p, row, text, c[1] ? c + 1 : NULL);
		err = take(p, row, text, NULL);
		if (err)
			return err;
	}
	return 0;
}

static int take_command(struct parser *p, const char *text)
{
	if (p->o->command && p->o->command->takes_file && !p->o->replay_file && *text) {
		p->o->replay_file = text;
		return 0;
	}
	if (p->o->command)
		return fail(p,
			    "unexpected argument '%s'; select a process with -p or -n, or give a command "
			    "after '--'%s",
			    text, "");
	for (size_t i = 0; i < COMMAND_COUNT; i++) {
		if (strcmp(COMMANDS[i].name, text))
			continue;
		p->o->command = &COMMANDS[i];
		return 0;
	}
	return fail(p,
		    "unknown command '%s'; the commands are top, snapshot, events, logs, doctor and replay%s",
		    text, "");
}

static bool given(const struct parser *p, const char *name)
{
	return p->used >> (find_long(name, strlen(name)) - OPTIONS) & 1;
}

/* A kind that the command never reports is a mistake in the call. */
static int check_fail_on(struct parser *p, int bit)
{
	const struct options *o = p->o;
	unsigned reporters = bit == ON_TOP ? IN_TOP : bit == ON_LOGS ? IN_LOGS : IN_SNAPSHOT | IN_SERIES;
	const char *kind = bit == ON_REPLAY ? NULL : fail_on__alien(&o->fail_on, reporters);
	char kinds[FAIL_ON_KINDS];

	if (kind) {
		snprintf(p->error, p->error_size, "--fail-on: '%s' does not report '%s'; it reports %s",
			 o->command->name, kind, fail_on__kinds(kinds, sizeof(kinds), reporters));
		return -EINVAL;
	}
	kind = bit == ON_SNAPSHOT && !given(p, "count") ? fail_on__of_several(&o->fail_on) : NULL;
	if (kind)
		return fail(p, "--fail-on: '%s' needs several snapshots; add --count%s", kind, "");
	return 0;
}

static int check_together(struct parser *p)
{
	struct options *o = p->o;
	size_t kinds = (o->pid_count > 0) + (o->name_count > 0) + (o->child != NULL);
	int bit = 1 << (o->command - COMMANDS);

	for (size_t i = 0; i < OPTION_COUNT; i++)
		if ((p->used >> i & 1) && !(OPTIONS[i].commands & bit))
			return fail(p, "'%s' does not accept --%s", o->command->name, OPTIONS[i].name);
	if (kinds > 1)
		return fail(p, "conflicting targets%s%s; use only one of -p, -n and -- COMMAND", "", "");
	if (o->json && o->folded)
		return fail(p, "--json and --folded are mutually exclusive%s%s", "", "");
	if (given(p, "by") && !o->folded && !o->pprof_file && !o->flamegraph_file)
		return fail(p, "--by needs --folded, --pprof or --flamegraph%s%s", "", "");
	if (o->idle && !o->folded && !o->flamegraph_file)
		return fail(p, "--idle needs --folded or --flamegraph%s%s", "", "");
	if (o->goroutines == GOROUTINES_PROFILE && !o->pprof_file)
		return fail(p, "--goroutines=profile needs --pprof FILE for its output%s%s", "", "");
	if (o->goroutines == GOROUTINES_PROFILE && o->weight > WEIGHT_THREADS)
		return fail(p, "--by %s weights threads, but --goroutines=profile counts goroutines%s",
			    o->weight == WEIGHT_OFF_CPU ? "off-cpu" : "wait-time", "");
	if (o->lines && o->no_lines)
		return fail(p, "--lines and --no-lines are mutually exclusive%s%s", "", "");
	if (o->json && o->heatmap)
		return fail(p, "--heatmap prints text; --json has the histograms in its documents%s%s", "",
			    "");
	if (o->calls && !kinds)
		return fail(p, "--calls needs a target: -p PID, -n GLOB or -- COMMAND%s%s", "", "");
	if (bit == ON_DOCTOR && kinds)
		return fail(p, "'doctor' does not accept a target%s%s", "", "");
	if (bit == ON_REPLAY && kinds)
		return fail(p, "'replay' does not accept a target%s%s", "", "");
	if (bit == ON_REPLAY && !o->replay_file)
		return fail(p, "'replay' needs a file that --save wrote%s%s", "", "");
	if (bit == ON_SNAPSHOT && !kinds)
		return fail(p, "'snapshot' needs a target: -p PID or -n GLOB%s%s", "", "");
	if (bit == ON_SNAPSHOT && o->child)
		return fail(p, "'snapshot' needs a running process: -p PID or -n GLOB%s%s", "", "");
	if (bit == ON_SNAPSHOT && given(p, "interval") && !given(p, "count"))
		return fail(p, "--interval needs several snapshots; add --count%s%s", "", "");
	if (bit == ON_SNAPSHOT && o->weight == WEIGHT_OFF_CPU && !given(p, "count"))
		return fail(p, "--by off-cpu needs several snapshots; add --count%s%s", "", "");
	if (o->output_file && !o->child)
		return fail(p, "--output needs a command: -- COMMAND%s%s", "", "");
	if (bit == ON_EVENTS && !kinds)
		return fail(p, "'events' needs a target: -p PID, -n GLOB or -- COMMAND%s%s", "", "");
	if (bit == ON_SNAPSHOT && o->until_found && !given(p, "count"))
		return fail(p, "--until-found needs several snapshots; add --count%s%s", "", "");
	if (o->until_found && !fail_on__any(&o->fail_on))
		o->fail_on.least = SEVERITY_WARNING;
	return check_fail_on(p, bit);
}

enum symbol_lines options__lines(const struct options *o)
{
	if (o->no_lines)
		return LINES_NEVER;
	return o->lines ? LINES_ALWAYS : LINES_QUICK;
}

#define NOT_GIVEN UINT64_MAX

struct selection options__selection(const struct options *o)
{
	return (struct selection){
		.tids = o->tids, .tid_count = o->tid_count, .pattern = o->has_match ? &o->match : NULL};
}

int options__parse(struct options *o, int argc, char **argv, FILE *out, char *error, size_t error_size)
{
	struct parser p = {.o = o, .argc = argc, .argv = argv, .error = error, .error_size = error_size};
	int err;

	*o = (struct options){.interval_ns = NOT_GIVEN,
			      .min_wait_ns = NOT_GIVEN,
			      .slow_write_ns = NOT_GIVEN,
			      .hooks = HOOK_WISHES_NONE};
	for (p.at = 1; p.at < argc; p.at++) {
		char *text = argv[p.at];

		if (!strcmp(text, "--")) {
			if (!argv[p.at + 1])
				return fail(&p, "no command after '--'%s%s", "", "");
			o->child = argv + p.at + 1;
			break;
		}
		if (!strncmp(text, "--", 2))
			err = take_long(&p, text);
		else if (text[0] == '-' && text[1])
			err = take_short(&p, text);
		else
			err = take_command(&p, text);
		if (err)
			return err;
		if (p.help) {
			options__help(out, o->command);
			return 1;
		}
		if (p.version) {
			fprintf(out, "threadscope %s\n", TS_VERSION TS_BUILD);
			return 1;
		}
	}
	if (!o->command)
		o->command = &COMMANDS[0];
	o->waits_or_writes = o->min_wait_ns != NOT_GIVEN || o->slow_write_ns != NOT_GIVEN;
	o->interval_given = o->interval_ns != NOT_GIVEN;
	if (!o->interval_given)
		o->interval_ns = 1000000000;
	if (o->min_wait_ns == NOT_GIVEN)
		o->min_wait_ns = 1000000;
	if (o->slow_write_ns == NOT_GIVEN)
		o->slow_write_ns = 10000000;
	return check_together(&p);
}
