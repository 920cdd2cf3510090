// SPDX-License-Identifier: GPL-2.0-or-later
#include <jansson.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "cli/commands.h"
#include "cli/completions.h"
#include "cli/finding_lists.h"
#include "cli/inherited.h"
#include "cli/key_lists.h"
#include "cli/session.h"
#include "util/budget.h"
#include "util/clock.h"
#include "util/heap.h"
#include "util/own_stack.h"
#include "views/json/schema.h"

const struct command COMMANDS[] = {
	{.name = "top",
	 .arguments = "[-p PID | -n GLOB | -- COMMAND ARGS...]",
	 .help = "live view of the targets, with the goroutines of Go programs (the default command); "
		 "without a target, one line per process, without goroutines",
	 .run = command_top,
	 .watches_goroutines = true,
	 .counts_bpf_time = true},
	{.name = "snapshot",
	 .arguments = "-p PID | -n GLOB",
	 .help = "every thread now: what it waits for, since when, which thread blocks it, and its stack",
	 .run = command_snapshot},
	{.name = "events",
	 .arguments = "-p PID | -n GLOB | -- COMMAND ARGS...",
	 .help = "one line per event: threads created and exited, long lock waits, slow writes and syncs",
	 .run = command_events},
	{.name = "logs",
	 .arguments = "-p PID | -n GLOB | -- COMMAND ARGS...",
	 .help = "cost of writes and syncs per log: hanging calls, percentiles for the interval and since "
		 "attach",
	 .run = command_logs,
	 .about_logs = true,
	 .counts_bpf_time = true},
	{.name = "doctor",
	 .arguments = "",
	 .help = "what works with this kernel, these privileges and this build",
	 .run = command_doctor},
	{.name = "replay",
	 .arguments = "FILE",
	 .help = "show a run of top or snapshot that --save recorded; needs no privileges",
	 .run = command_replay,
	 .takes_file = true},
};
const size_t COMMAND_COUNT = sizeof(COMMANDS) / sizeof(COMMANDS[0]);

/* Until a command handles signals itself, there is nothing to clean up. */
static void leave(int signal)
{
	(void)signal;
	_exit(STATUS_DONE);
}

struct arguments {
	int count;
	char **list;
};

/* For the build alone: what the manual and docs/ have from the tables. Negative: something else is wanted. */
static int print_tables(int argc, char **argv)
{
	if (argc == 2 && !strcmp(argv[1], "--man-tables")) {
		options__man(stdout);
		return 0;
	}
	if (argc == 2 && !strcmp(argv[1], "--interface-findings")) {
		findings__markdown(stdout);
		return 0;
	}
	if (argc == 2 && !strcmp(argv[1], "--interface-keys")) {
		keys__markdown(stdout);
		return 0;
	}
	if (argc == 3 && !strcmp(argv[1], "--schema"))
		return schema__print(stdout, argv[2]) ? STATUS_USAGE : STATUS_DONE;
	if (argc == 2 && !strcmp(argv[1], "--interface-fields")) {
		schema__print_fields(stdout);
		return 0;
	}
	if (argc == 3 && !strcmp(argv[1], "--completion-tables"))
		return completions__print(stdout, argv[2]) ? STATUS_USAGE : STATUS_DONE;
	return -1;
}

static int run(void *arg)
{
	struct arguments *a = arg;
	char error[512];
	struct options o;
	int parsed = print_tables(a->count, a->list);

	if (parsed >= 0)
		return parsed;
	parsed = options__parse(&o, a->count, a->list, stdout, error, sizeof(error));
	if (parsed < 0)
		return complain(STATUS_USAGE, "%s", error);
	if (parsed > 0)
		return fflush(stdout) || ferror(stdout) ? complain(STATUS_FAILED, "cannot write the output")
							: STATUS_DONE;
	budget__limit(o.names_memory ? o.names_memory : budget__limit_bytes(),
		      o.names_time_ns ? o.names_time_ns : budget__limit_ns());
	return o.command->run(&o);
}

int main(int argc, char **argv)
{
	struct arguments a = {argc, argv};

	inherited__keep();
	clock__begin();
	json_set_alloc_funcs(heap__alloc, free);
	signal(SIGXFSZ, SIG_IGN); /* a write beyond the file size limit fails with EFBIG */
	signal(SIGINT, leave);
	signal(SIGTERM, leave);
	return own_stack__run(run, &a);
}
