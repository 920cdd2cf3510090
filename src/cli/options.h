/* SPDX-License-Identifier: GPL-2.0-or-later */
/* The command line: one table drives parsing, --help and the man page. */
#ifndef TS_CLI_OPTIONS_H
#define TS_CLI_OPTIONS_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <sys/types.h>

#include "cli/fail_on.h"
#include "model/rows/selection.h"
#include "probes/features.h"
#include "symbols/symbols.h"
#include "views/export/flamegraph.h"

enum exit_status {
	STATUS_DONE = 0,
	STATUS_FAILED = 1, /* a failure at run time */
	STATUS_USAGE = 2,
	STATUS_NO_TARGET = 3,   /* no such target, or it ended before anything was read */
	STATUS_NOT_ALLOWED = 4, /* the kernel or the privileges do not allow it */
	STATUS_FOUND = 10,      /* a finding of --fail-on is present */
};

#define MAX_TARGETS 64
#define MAX_GLOBS   16
#define MAX_TIDS    256

enum goroutines_mode {
	GOROUTINES_USUAL,   /* not requested: groups beside the threads of a Go program */
	GOROUTINES_GROUPS,  /* groups alone */
	GOROUTINES_FULL,    /* each goroutine, as Go's own traceback */
	GOROUTINES_PROFILE, /* groups, and pprof_file is a goroutine profile */
};

struct options {
	const struct command *command;
	pid_t pids[MAX_TARGETS];
	size_t pid_count;
	const char *names[MAX_GLOBS];
	size_t name_count;
	char **child; /* COMMAND ARGS..., NULL if none */
	uint64_t interval_ns;
	bool interval_given;
	uint64_t count;       /* 0: no limit */
	uint64_t duration_ns; /* 0: no limit */
	bool calls;
	uint64_t min_wait_ns, slow_write_ns;
	const char *log_files[MAX_GLOBS];
	size_t log_file_count;
	const char *ready_file;
	const char *output_file;                  /* of COMMAND; NULL: as threadscope's */
	const char *save_file;                    /* NULL: none */
	const char *pprof_file, *flamegraph_file; /* snapshot; NULL: none */
	const char *replay_file;                  /* of replay */
	pid_t tids[MAX_TIDS];                     /* snapshot: only these */
	size_t tid_count;
	bool has_match; /* snapshot: only threads that match this */
	regex_t match;
	char match_error[96]; /* why the expression is invalid */
	struct fail_on fail_on;
	bool until_found; /* end at the first of these findings */
	struct hook_wishes hooks;
	bool live;           /* it collects for a screen */
	struct apart *apart; /* it collects for a viewer; NULL: no */
	bool for_screen;     /* events: the first line, an empty one, says that the probes are attached */
	bool json, folded, all, kernel_stacks;
	enum weight weight;
	bool idle;    /* --folded, --flamegraph: threads without work, too */
	bool heatmap; /* logs */
	bool batch;   /* no full-screen view */
	enum goroutines_mode goroutines;
	bool leaks;                           /* search leaked goroutines */
	bool panics;                          /* events */
	bool waits_or_writes;                 /* a threshold of them was given */
	bool lines, no_lines;                 /* for all modules, or for none; neither: where it is quick */
	uint64_t names_memory, names_time_ns; /* 0: the usual; see util/budget.h */
};

struct command {
	const char *name;
	const char *arguments; /* for help */
	const char *help;
	int (*run)(const struct options *o); /* returns an exit status */
	bool watches_goroutines;             /* of running Go programs */
	bool about_logs;                     /* files in detail; mapped ones, too */
	bool counts_bpf_time;                /* what the probes cost, in each interval */
	bool takes_file;                     /* one argument: what --save has written */
};

extern const struct command COMMANDS[];
extern const size_t COMMAND_COUNT;

/* Fills o from the command line. 0; 1 after printing help or version to out; -EINVAL with one sentence in
 * error. */
int options__parse(struct options *o, int argc, char **argv, FILE *out, char *error, size_t error_size);
/* The mode that --lines and --no-lines select. */
enum symbol_lines options__lines(const struct options *o);
/* The threads that --tid and --match select; valid as long as o. */
struct selection options__selection(const struct options *o);
void options__help(FILE *out, const struct command *command); /* NULL: for all commands */
/* The parts of the manual that come from the tables, in man(7) format. */
void options__man(FILE *out);

#endif
