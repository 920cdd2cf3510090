// SPDX-License-Identifier: GPL-2.0-or-later
/* The options, and how each takes its value. */
#include "cli/option_table.h"

#include <errno.h>
#include <limits.h>
#include <stdlib.h>
#include <string.h>

#include "probes/glob.h"
#include "util/duration.h"
#include "util/heap.h"

#define NAME_LENGTH 15 /* of a process, include/linux/sched.h: TASK_COMM_LEN and its NUL */

static int set_pids(struct options *o, const char *text);
static int set_tids(struct options *o, const char *text);
static int set_match(struct options *o, const char *text);
static int set_fail_on(struct options *o, const char *text);
static int set_by(struct options *o, const char *text);
static int set_name(struct options *o, const char *text);
static int set_log_file(struct options *o, const char *text);
static int set_goroutines(struct options *o, const char *text);
static int set_hook(struct options *o, const char *text);
static int set_names_memory(struct options *o, const char *text);

const struct option_row OPTIONS[] = {
	{'p', "pid", "PID[,PID...]", ON_LIVE | ON_SNAPSHOT, CUSTOM, 0, set_pids,
	 "the target processes; a thread ID selects its process; repeatable"},
	{'n', "name", "GLOB", ON_LIVE | ON_SNAPSHOT, CUSTOM, 0, set_name,
	 "processes by command name (up to 15 characters), including those that start later; repeatable"},
	{'i', "interval", "DURATION", ON_INTERVALS | ON_SNAPSHOT | ON_REPLAY, DURATION,
	 offsetof(struct options, interval_ns), NULL,
	 "time between two reports or snapshots (default 1s); durations are 500us, 10ms, 1.5s, 2m"},
	{'c', "count", "N", ON_INTERVALS | ON_SNAPSHOT, COUNT, offsetof(struct options, count), NULL,
	 "stop after N intervals (the first look of top does not count); snapshot: take N snapshots and show "
	 "which "
	 "threads did not move between "
	 "them"},
	{'d', "duration", "DURATION", ON_LIVE, DURATION, offsetof(struct options, duration_ns), NULL,
	 "stop after DURATION"},
	{0, "json", NULL, ON_ALL, FLAG, offsetof(struct options, json), NULL,
	 "JSON output: snapshot prints one document, top and logs one line per interval, events one line per "
	 "event"},
	{0, "folded", NULL, ON_SNAPSHOT | ON_REPLAY, FLAG, offsetof(struct options, folded), NULL,
	 "one line per distinct stack, frame;frame;... count, outermost frame first, for flame graph tools"},
	{0, "by", "count|wait-time|off-cpu", ON_SNAPSHOT | ON_REPLAY, CUSTOM, 0, set_by,
	 "what --folded counts: threads (default); microseconds that they have waited so far; or, of several "
	 "snapshots, those that they waited between the first and the last. For --pprof and --flamegraph: "
	 "the "
	 "value shown by default"},
	{0, "pprof", "FILE", ON_SNAPSHOT | ON_REPLAY, TEXT, offsetof(struct options, pprof_file), NULL,
	 "also write a pprof profile to FILE: threads and wait times by stack, with labels of thread and "
	 "wait"},
	{0, "flamegraph", "FILE", ON_SNAPSHOT | ON_REPLAY, TEXT, offsetof(struct options, flamegraph_file),
	 NULL,
	 "also write a flame graph to FILE: one self-contained HTML page with findings, search and zoom; "
	 "with "
	 "--count it shows where threads waited between the snapshots, and for how long"},
	{0, "idle", NULL, ON_SNAPSHOT | ON_REPLAY, FLAG, offsetof(struct options, idle), NULL,
	 "--folded and --flamegraph: also threads that have nothing to do, which are otherwise left out"},
	{0, "all", NULL, ON_SNAPSHOT | ON_LOGS | ON_REPLAY, FLAG, offsetof(struct options, all), NULL,
	 "snapshot: each thread with its whole stack and its kernel stack; logs: each connection"},
	{0, "kernel-stacks", NULL, ON_SNAPSHOT | ON_REPLAY, FLAG, offsetof(struct options, kernel_stacks),
	 NULL, "show the kernel stack of each group in text, not only in uninterruptible sleep"},
	{0, "tid", "TID[,TID...]", ON_SNAPSHOT | ON_REPLAY, CUSTOM, 0, set_tids,
	 "only these threads; locks and findings still cover all threads; repeatable"},
	{0, "match", "REGEX", ON_SNAPSHOT | ON_REPLAY, CUSTOM, 0, set_match,
	 "only threads that match an extended regular expression by name, wait, lock, file or a function on "
	 "the stack"},
	{0, "fail-on", "KIND[,KIND]", ON_INTERVALS | ON_SNAPSHOT | ON_REPLAY, CUSTOM, 0, set_fail_on,
	 "exit with status 10 if a finding of one of these kinds is present (see findings below); instead of "
	 "kinds also warning (or worse), critical, any; repeatable"},
	{0, "until-found", NULL, ON_INTERVALS | ON_SNAPSHOT | ON_REPLAY, FLAG,
	 offsetof(struct options, until_found), NULL,
	 "end with status 10 after the first report that has a finding of --fail-on (default: a warning or "
	 "worse)"},
	{0, "lines", NULL, ON_LIVE | ON_SNAPSHOT, FLAG, offsetof(struct options, lines), NULL,
	 "read inlined calls and source lines of every module, even if that takes long (default: only where "
	 "debug information is small)"},
	{0, "no-lines", NULL, ON_LIVE | ON_SNAPSHOT, FLAG, offsetof(struct options, no_lines), NULL,
	 "names from symbol tables only: no inlined calls, no source lines"},
	{0, "names-memory", "SIZE", ON_LIVE | ON_SNAPSHOT, CUSTOM, 0, set_names_memory,
	 "memory that symbols and debug information of the targets' files may take, in all (default "
	 "512M); files beyond it stay without names, and are counted as lost"},
	{0, "names-time", "DURATION", ON_LIVE | ON_SNAPSHOT, DURATION,
	 offsetof(struct options, names_time_ns), NULL,
	 "CPU time that reading them may take, in all (default 2s); in a long run one fiftieth of it is "
	 "granted anew"},
	{0, "min-wait", "DURATION", ON_EVENTS | ON_TOP, DURATION, offsetof(struct options, min_wait_ns), NULL,
	 "report futex waits of at least this duration (default 1ms); top: in the full screen's view of "
	 "events"},
	{0, "slow-write", "DURATION", ON_LIVE, DURATION, offsetof(struct options, slow_write_ns), NULL,
	 "a write or sync of at least this duration is slow (default 10ms)"},
	{0, "calls", NULL, ON_TOP, FLAG, offsetof(struct options, calls), NULL,
	 "with --batch or --json: also time opens, stats, unlinks, renames, connects, sends, reads and the "
	 "like, by call and by "
	 "path, "
	 "address or file; each system call of the machine then takes about 0.2 us longer"},
	{0, "goroutines", "full|profile", ON_SNAPSHOT, OPTIONAL, 0, set_goroutines,
	 "only the goroutines of a Go program, grouped; full: each one, in the format of Go's own traceback; "
	 "profile: --pprof FILE is a goroutine profile"},
	{0, "leaks", NULL, ON_SNAPSHOT, FLAG, offsetof(struct options, leaks), NULL,
	 "search a Go program for leaked goroutines: what they wait for is referenced by nobody else. Reads "
	 "all "
	 "of its heap that can be reached up to three times, which takes up to 4 s of CPU time; the program "
	 "is not "
	 "stopped"},
	{0, "panics", NULL, ON_EVENTS, FLAG, offsetof(struct options, panics), NULL,
	 "report panics and fatal errors of Go programs, and the ends of processes, and other events only "
	 "with "
	 "--min-wait or --slow-write; this attaches probes to the program, which cost it about 4 us per "
	 "panic and "
	 "nothing otherwise"},
	{0, "log-file", "GLOB", ON_LIVE, CUSTOM, 0, set_log_file,
	 "only files whose full path matches; repeatable (default: all files, pipes, terminals and sockets "
	 "that are written to)"},
	{0, "heatmap", NULL, ON_LOGS, FLAG, offsetof(struct options, heatmap), NULL,
	 "draw the duration of calls over time: one column per interval, one row per power of two; redrawn "
	 "on a terminal, elsewhere printed once per 64 intervals and at the end"},
	{'b', "batch", NULL, ON_INTERVALS | ON_REPLAY, FLAG, offsetof(struct options, batch), NULL,
	 "blocks of text on a terminal too, as elsewhere, instead of the full-screen view"},
	{0, "ready-file", "PATH", ON_LIVE, TEXT, offsetof(struct options, ready_file), NULL,
	 "create PATH once all probes are attached, for scripts that wait for it"},
	{0, "output", "FILE", ON_LIVE, TEXT, offsetof(struct options, output_file), NULL,
	 "with -- COMMAND: write the command's output and errors to FILE"},
	{0, "save", "FILE", ON_TOP | ON_SNAPSHOT, TEXT, offsetof(struct options, save_file), NULL,
	 "also record samples to FILE, for replay"},
	{0, "hook", "NAME=CHOICE", ON_KERNEL, CUSTOM, 0, set_hook,
	 "use this kernel interface instead of the best one: writes=fentry|tp_btf|tracepoint, "
	 "storage=task|hash, iterator=sleepable|plain, io_uring=tracepoints|none"},
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
	char *copy = heap__string(text), *rest = copy, *part;
	unsigned long long id;
	int err = 0;

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

static int set_goroutines(struct options *o, const char *text)
{
	if (!text)
		o->goroutines = GOROUTINES_GROUPS;
	else if (!strcmp(text, "full"))
		o->goroutines = GOROUTINES_FULL;
	else if (!strcmp(text, "profile"))
		o->goroutines = GOROUTINES_PROFILE;
	else
		return -EINVAL;
	return 0;
}

static int set_by(struct options *o, const char *text)
{
	if (!strcmp(text, "wait-time"))
		o->weight = WEIGHT_WAIT_TIME;
	else if (!strcmp(text, "count"))
		o->weight = WEIGHT_THREADS;
	else if (!strcmp(text, "off-cpu"))
		o->weight = WEIGHT_OFF_CPU;
	else
		return -EINVAL;
	return 0;
}

static int set_fail_on(struct options *o, const char *text)
{
	return fail_on__add(&o->fail_on, text);
}

static int add_glob(const char **list, size_t *count, const char *text)
{
	if (!*text)
		return -EINVAL;
	if (!glob__closed(text))
		return -EILSEQ;
	if (*count == MAX_GLOBS)
		return -E2BIG;
	list[(*count)++] = text;
	return 0;
}

/* The length of the shortest text that a glob matches. */
static size_t least_length(const char *glob)
{
	size_t length = 0;

	for (; *glob; glob++) {
		const char *from = glob + 1, *end;

		/* the first character of a class may be the bracket itself */
		from += *from == '!' || *from == '^';
		from += *from != '\0';
		end = *glob == '[' ? strchr(from, ']') : NULL;
		length += *glob != '*';
		if (end)
			glob = end;
		else if (*glob == '\\' && glob[1])
			glob++;
	}
	return length;
}

static int set_name(struct options *o, const char *text)
{
	if (glob__closed(text) && least_length(text) > NAME_LENGTH)
		return -ENAMETOOLONG;
	return add_glob(o->names, &o->name_count, text);
}

static int set_log_file(struct options *o, const char *text)
{
	return add_glob(o->log_files, &o->log_file_count, text);
}

/* "512M", "2G": with a unit, for nobody means bytes. */
static int set_names_memory(struct options *o, const char *text)
{
	size_t length = strlen(text);
	char unit = length ? text[length - 1] : '\0';
	unsigned shift = unit == 'M' ? 20 : unit == 'G' ? 30 : 0;
	unsigned long long number;
	char digits[16];

	if (!shift || length > sizeof(digits))
		return -EINVAL;
	memcpy(digits, text, length - 1);
	digits[length - 1] = '\0';
	if (parse_number(digits, UINT32_MAX, &number) || !number)
		return -EINVAL;
	o->names_memory = (uint64_t)number << shift;
	return 0;
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

int option__set(struct options *o, const struct option_row *row, const char *text)
{
	char *where = (char *)o + row->where;
	unsigned long long number;
	uint64_t ns;

	if (row->argument && !text && row->kind != OPTIONAL)
		return -EINVAL;
	switch (row->kind) {
	case FLAG:
		*(bool *)where = true;
		return 0;
	case DURATION:
		/* a duration of zero makes no sense for any option */
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
	case OPTIONAL:
		return row->set(o, text);
	}
	return -EINVAL;
}
