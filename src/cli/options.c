// SPDX-License-Identifier: GPL-2.0-or-later
#include "cli/options.h"

#include <errno.h>
#include <limits.h>
#include <stdlib.h>
#include <string.h>

#include "cli/commands.h"
#include "cli/option_table.h"
#include "util/duration.h"
#include "version.h"

static int set_pids(struct options *o, const char *text);
static int set_tids(struct options *o, const char *text);
static int set_match(struct options *o, const char *text);
static int set_name(struct options *o, const char *text);
static int set_log_file(struct options *o, const char *text);
static int set_hook(struct options *o, const char *text);

const struct option_row OPTIONS[] = {
	{'p', "pid", "PID[,PID...]", ON_TOP | ON_SNAPSHOT | ON_EVENTS, CUSTOM, 0, set_pids,
	 "the processes to look at; a TID names its process; repeatable"},
	{'n', "name", "GLOB", ON_TOP | ON_SNAPSHOT | ON_EVENTS, CUSTOM, 0, set_name,
	 "processes by command name (up to 15 characters), also those that start later; repeatable"},
	{'i', "interval", "DURATION", ON_TOP, DURATION, offsetof(struct options, interval_ns), NULL,
	 "time between two reports (default 1s); durations are 500us, 10ms, 1.5s, 2m"},
	{'c', "count", "N", ON_TOP, COUNT, offsetof(struct options, count), NULL, "stop after N intervals"},
	{'d', "duration", "DURATION", ON_LIVE, DURATION, offsetof(struct options, duration_ns), NULL,
	 "stop after DURATION"},
	{0, "json", NULL, ON_ALL, FLAG, offsetof(struct options, json), NULL,
	 "machine output: snapshot one document, top one line an interval, events one line each"},
	{0, "folded", NULL, ON_SNAPSHOT | ON_REPLAY, FLAG, offsetof(struct options, folded), NULL,
	 "one line a distinct stack, frame;frame;... count, root first, for flame graph tools"},
	{0, "all", NULL, ON_SNAPSHOT | ON_REPLAY, FLAG, offsetof(struct options, all), NULL,
	 "every thread with its whole stack and its kernel stack, nothing folded"},
	{0, "kernel-stacks", NULL, ON_SNAPSHOT | ON_REPLAY, FLAG, offsetof(struct options, kernel_stacks),
	 NULL, "in text, each group's kernel stack too, not only in uninterruptible sleep"},
	{0, "tid", "TID[,TID...]", ON_SNAPSHOT | ON_REPLAY, CUSTOM, 0, set_tids,
	 "only these threads; locks and findings are of all; repeatable"},
	{0, "match", "REGEX", ON_SNAPSHOT | ON_REPLAY, CUSTOM, 0, set_match,
	 "only threads whose name, wait, lock, file or a function of whose stack matches (extended regular "
	 "expression)"},
	{0, "min-wait", "DURATION", ON_EVENTS, DURATION, offsetof(struct options, min_wait_ns), NULL,
	 "report futex waits at least this long (default 1ms)"},
	{0, "slow-write", "DURATION", ON_LIVE, DURATION, offsetof(struct options, slow_write_ns), NULL,
	 "a write or fsync at least this long is a slow event (default 10ms)"},
	{0, "log-file", "GLOB", ON_LIVE, CUSTOM, 0, set_log_file,
	 "keep to files whose full path matches; repeatable (default: every file, pipe, terminal and socket "
	 "written to)"},
	{0, "ready-file", "PATH", ON_LIVE, TEXT, offsetof(struct options, ready_file), NULL,
	 "create PATH once all probes are attached, for scripts that wait for it"},
	{0, "save", "FILE", ON_TOP | ON_SNAPSHOT, TEXT, offsetof(struct options, save_file), NULL,
	 "write what is read into FILE too, which replay shows again"},
	{0, "hook", "NAME=CHOICE", ON_KERNEL, CUSTOM, 0, set_hook,
	 "use this way into the kernel instead of the best one: writes=fentry|tp_btf|tracepoint, "
	 "storage=task|hash, iterator=sleepable|plain"},
	{'h', "help", NULL, ON_ALL, FLAG, 0, NULL, "show this help and exit"},
	{'V', "version", NULL, ON_ALL, FLAG, 0, NULL, "show the version and exit"},
};
const size_t OPTION_COUNT = sizeof(OPTIONS) / sizeof(OPTIONS[0]);

static int parse_number(const char *text, unsigned long long max, unsigned long long *ret)
{
	char *end;

	if (*text < '0' || *text > '9')
		return -EINVAL;
	errno = 0;
	*ret = strtoull(text, &end, 10);
	return errno || *end || *ret > max ? -EINVAL : 0;
}

/* Appends "4481,4482" to a list with room for max. */
static int add_ids(pid_t *list, size_t *count, size_t max, const char *text)
{
	char *copy = strdup(text), *rest = copy, *part;
	unsigned long long id;
	int err = 0;

	if (!copy)
		return -ENOMEM;
	while (!err && (part = strsep(&rest, ","))) {
		if (*count == max)
			err = -E2BIG;
		else if (parse_number(part, INT_MAX, &id) || !id)
			err = -EINVAL;
		else
			list[(*count)++] = (pid_t)id;
	}
	free(copy);
	return err;
}

static int set_pids(struct options *o, const char *text)
{
	return add_ids(o->pids, &o->pid_count, MAX_TARGETS, text);
}

static int set_tids(struct options *o, const char *text)
{
	return add_ids(o->tids, &o->tid_count, MAX_TIDS, text);
}

static int set_match(struct options *o, const char *text)
{
	int error;

	if (o->has_match)
		regfree(&o->match);
	error = regcomp(&o->match, text, REG_EXTENDED | REG_NOSUB);
	o->has_match = !error;
	if (error)
		regerror(error, &o->match, o->match_error, sizeof(o->match_error));
	return error ? -EINVAL : 0;
}

static int add_text(const char **list, size_t *count, const char *text)
{
	if (!*text)
		return -EINVAL;
	if (*count == MAX_GLOBS)
		return -E2BIG;
	list[(*count)++] = text;
	return 0;
}

static int set_name(struct options *o, const char *text)
{
	return add_text(o->names, &o->name_count, text);
}

static int set_log_file(struct options *o, const char *text)
{
	return add_text(o->log_files, &o->log_file_count, text);
}

static int set_hook(struct options *o, const char *text)
{
	const char *equals = strchr(text, '=');
	char hook[16];

	if (!equals || (size_t)(equals - text) >= sizeof(hook))
		return -EINVAL;
	memcpy(hook, text, (size_t)(equals - text));
	hook[equals - text] = '\0';
	return hook_wishes__set(&o->hooks, hook, equals + 1);
}

static int set_value(struct options *o, const struct option_row *row, const char *text)
{
	char *where = (char *)o + row->where;
	unsigned long long number;
	uint64_t ns;

	if (row->argument && !text)
		return -EINVAL;
	switch (row->kind) {
	case FLAG:
		*(bool *)where = true;
		return 0;
	case DURATION:
		/* nothing happens in no time */
		if (duration_parse(text, &ns) || !ns)
			return -EINVAL;
		*(uint64_t *)where = ns;
		return 0;
	case COUNT:
		if (parse_number(text, UINT32_MAX, &number) || !number)
			return -EINVAL;
		*(uint64_t *)where = number;
		return 0;
	case TEXT:
		if (!*text)
			return -EINVAL;
		*(const char **)where = text;
		return 0;
	case CUSTOM:
		return row->set(o, text);
	}
	return -EINVAL;
}

static const char *expectation(const struct option_row *row)
{
	switch (row->kind) {
	case DURATION:
		return "a duration above zero with a unit, such as 500us, 10ms, 1.5s or 2m";
	case COUNT:
		return "a whole number from 1 on";
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

	if (!row)
		return fail(p, "unknown option '%s'; 'threadscope --help' lists them%s", shown, "");
	if (row->letter == 'h')
		p->help = true;
	else if (row->letter == 'V')
		p->version = true;
	if (p->help || p->version)
		return 0;
	if (!row->argument && attached)
		return fail(p, "option '--%s' takes no value, but has '%s'", row->name, attached);
	if (row->argument && !value) {
		if (p->at + 1 >= p->argc)
			return fail(p, "option '--%s' needs a value: %s", row->name, expectation(row));
		value = p->argv[++p->at];
	}
	if (!set_value(p->o, row, value)) {
		p->used |= 1ull << (row - OPTIONS);
		return 0;
	}
	if (*p->o->match_error)
		return fail(p, "'%s' is no regular expression: %s", value, p->o->match_error);
	snprintf(p->error, p->error_size, "'%s' is no value for '--%s', which wants %s", value, row->name,
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
	if (p->o->command && p->o->command->run == command_replay && !p->o->replay_file && *text) {
		p->o->replay_file = text;
		return 0;
	}
	if (p->o->command)
		return fail(p, "'%s' is one argument too many; a command to start comes after '--'%s", text,
			    "");
	for (size_t i = 0; i < COMMAND_COUNT; i++) {
		if (strcmp(COMMANDS[i].name, text))
			continue;
		p->o->command = &COMMANDS[i];
		return 0;
	}
	return fail(p, "unknown command '%s'; there are top, snapshot, events, doctor and replay%s", text,
		    "");
}

static int check_together(struct parser *p)
{
	struct options *o = p->o;
	size_t kinds = (o->pid_count > 0) + (o->name_count > 0) + (o->child != NULL);
	int bit = 1 << (o->command - COMMANDS);

	for (size_t i = 0; i < OPTION_COUNT; i++)
		if ((p->used >> i & 1) && !(OPTIONS[i].commands & bit))
			return fail(p, "option '--%s' is not for '%s'", OPTIONS[i].name, o->command->name);
	if (kinds > 1)
		return fail(p, "targets are given in two ways%s%s; use one of -p, -n and -- COMMAND", "", "");
	if (o->json && o->folded)
		return fail(p, "--json and --folded exclude each other%s%s", "", "");
	if (bit == ON_DOCTOR && kinds)
		return fail(p, "'doctor' takes no target%s%s", "", "");
	if (bit == ON_REPLAY && kinds)
		return fail(p, "'replay' takes no target%s%s", "", "");
	if (bit == ON_REPLAY && !o->replay_file)
		return fail(p, "'replay' needs the file that --save wrote%s%s", "", "");
	if (bit == ON_SNAPSHOT && !kinds)
		return fail(p, "'snapshot' needs a target: -p PID or -n GLOB%s%s", "", "");
	if (bit == ON_SNAPSHOT && o->child)
		return fail(p, "'snapshot' is of a running process: give -p PID or -n GLOB%s%s", "", "");
	if (bit == ON_EVENTS && !kinds)
		return fail(p, "'events' needs a target: -p PID, -n GLOB or -- COMMAND%s%s", "", "");
	return 0;
}

struct selection options__selection(const struct options *o)
{
	return (struct selection){
		.tids = o->tids, .tid_count = o->tid_count, .pattern = o->has_match ? &o->match : NULL};
}

int options__parse(struct options *o, int argc, char **argv, FILE *out, char *error, size_t error_size)
{
	struct parser p = {.o = o, .argc = argc, .argv = argv, .error = error, .error_size = error_size};
	int err;

	*o = (struct options){.interval_ns = 1000000000,
			      .min_wait_ns = 1000000,
			      .slow_write_ns = 10000000,
			      .hooks = HOOK_WISHES_NONE};
	for (p.at = 1; p.at < argc; p.at++) {
		char *text = argv[p.at];

		if (!strcmp(text, "--")) {
			if (!argv[p.at + 1])
				return fail(&p, "after '--' comes the command to start%s%s", "", "");
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
			options__help(out);
			return 1;
		}
		if (p.version) {
			fprintf(out, "threadscope %s\n", TS_VERSION);
			return 1;
		}
	}
	if (!o->command)
		o->command = &COMMANDS[0];
	return check_together(&p);
}
