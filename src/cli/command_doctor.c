// SPDX-License-Identifier: GPL-2.0-or-later
/* What works here, with reason and remedy for the rest. */
#include "cli/commands.h"

#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/uio.h>
#include <sys/utsname.h>
#include <unistd.h>

#include "cli/capabilities.h"
#include "cli/command_doctor.h"
#include "cli/environment.h"
#include "cli/session.h"
#include "probes/ticks.h"
#include "symbols/debuginfod.h"
#include "symbols/parser_rights.h"
#include "version.h"

static void add(struct checks *c, const char *name, const char *state, const char *chosen, const char *reason,
		const char *remedy)
{
	if (c->count < MAX_CHECKS)
		c->rows[c->count++] = (struct check_row){name, state, chosen, reason, remedy};
}

/* The meaning of the kernel's errno for this trial. */
static const char *why(struct checks *c, const struct trial *t)
{
	switch (-t->error) {
	case 0:
		return "";
	case EPERM:
		return arena__format(&c->arena, "the kernel refuses it (EPERM)");
	case EACCES:
		return arena__format(&c->arena, "not allowed (EACCES)");
	case ENOENT:
	case EOPNOTSUPP:
	case EINVAL:
	case ESRCH:
	case 524: /* ENOTSUPP, the kernel's own */
		return arena__format(&c->arena, "this kernel lacks it; available since %s", t->since);
	default:
		return arena__format(&c->arena, "%s", strerror(-t->error));
	}
}

void doctor__add(struct checks *c, const char *name, const char *state, const char *chosen,
		 const char *reason, const char *remedy)
{
	add(c, name, state, chosen, reason, remedy);
}

static void check_privileges(struct checks *c, const struct features *f)
{
	char missing[CAPABILITIES_BYTES];

	if (*capabilities__missing(missing)) {
		c->able = false;
		add(c, "privileges", "missing", geteuid() ? "none" : "root with fewer capabilities",
		    arena__format(&c->arena, "missing: %s", missing),
		    "run as root, or with these capabilities");
	} else if (f->trials[TRIAL_LOAD].error == -EPERM && place__in_user_namespace()) {
		c->able = false;
		add(c, "privileges", "missing", "of a user namespace",
		    "capabilities in a user namespace (a rootless container) do not suffice for BPF",
		    "run as root of the host");
	} else {
		add(c, "privileges", "ok", geteuid() ? "capabilities" : "root", "", "");
	}
}

static void check_required(struct checks *c, const struct features *f)
{
	static const struct {
		enum trial_id id;
		const char *name, *remedy;
	} REQUIRED[] = {
		{TRIAL_BTF, "kernel types",
		 "use a kernel with CONFIG_DEBUG_INFO_BTF=y, such as a distribution's kernel"},
		{TRIAL_LOAD, "BPF programs", "run as root; in a container, add CAP_BPF and CAP_PERFMON"},
		{TRIAL_READ_KERNEL, "kernel memory", LOCKDOWN_REMEDY},
		{TRIAL_TP_BTF, "thread and wait probes", "use Linux 5.10 or newer"},
		{TRIAL_ITERATOR, "thread list", "use Linux 5.10 or newer"},
	};
	static const char *const WAYS[] = {"BTF", "tracing programs", "bpf_probe_read_kernel",
					   "BTF tracepoints", "task iterator"};
	const char *without = NULL; /* each check needs the one before */

	for (size_t i = 0; i < sizeof(REQUIRED) / sizeof(REQUIRED[0]); i++) {
		const struct trial *t = &f->trials[REQUIRED[i].id];

		if (!t->error) {
			add(c, REQUIRED[i].name, "ok", WAYS[i], "", "");
			continue;
		}
		c->able = false;
		if (without) {
			add(c, REQUIRED[i].name, "missing", "none",
			    arena__format(&c->arena, "not tried without '%s'", without),
			    arena__format(&c->arena, "as for '%s'", without));
			continue;
		}
		without = REQUIRED[i].name;
		if (REQUIRED[i].id == TRIAL_BTF && place__sys_problem())
			add(c, REQUIRED[i].name, "missing", "none", "/sys/kernel/btf is not visible",
			    place__sys_problem());
		else if (REQUIRED[i].id == TRIAL_READ_KERNEL)
			add(c, REQUIRED[i].name, "missing", "none", LOCKDOWN_REASON, REQUIRED[i].remedy);
		else
			add(c, REQUIRED[i].name, "missing", "none", why(c, t),
			    t->error == -ENOMEM ? "raise the memory limit: 'ulimit -v', or that of the cgroup"
						: REQUIRED[i].remedy);
	}
}

static void check_choices(struct checks *c, const struct features *f)
{
	const struct trial *t = f->trials;
	const char *storage_reason =
		t[TRIAL_TASK_STORAGE].error ? why(c, &t[TRIAL_TASK_STORAGE]) : why(c, &t[TRIAL_CURRENT_BTF]);

	add(c, "writes", f->writes == WRITE_FENTRY ? "ok" : "fallback", write_hook__name(f->writes),
	    f->writes == WRITE_FENTRY
		    ? ""
		    : arena__format(
			      &c->arena,
			      "fentry: %s; the hook also slows other system calls of this machine a little",
			      why(c, &t[TRIAL_FENTRY])),
	    f->writes == WRITE_FENTRY ? "" : "none needed: the figures are the same");
	add(c, "storage", f->storage == STORAGE_TASK ? "ok" : "fallback", storage_kind__name(f->storage),
	    f->storage == STORAGE_TASK ? "" : storage_reason,
	    f->storage == STORAGE_TASK ? "" : "none needed: up to 32,768 threads are followed");
	add(c, "iterator", f->iterator == ITERATOR_OF_SNAPSHOT ? "ok" : "fallback",
	    iterator_kind__name(f->iterator),
	    f->iterator == ITERATOR_OF_SNAPSHOT ? "" : why(c, &t[TRIAL_LIGHT]),
	    f->iterator == ITERATOR_OF_SNAPSHOT ? "" : "none needed: snapshots take a moment longer");
}

static void check_helpers(struct checks *c, const struct features *f)
{
	static const struct {
		enum trial_id id;
		const char *name, *without;
	} HELPERS[] = {
		{TRIAL_TASK_PT_REGS, "registers",
		 "none needed: read from the end of the kernel stack instead"},
		{TRIAL_ATOMICS, "atomics",
		 "none; without it, concurrent updates on two CPUs may lose a maximum"},
		{TRIAL_SWITCH_STATE, "switch state", "none; without it, very short waits may not be counted"},
		{TRIAL_TRACEFS, "tracefs",
		 "none needed here; to enable it: mount -t tracefs tracefs /sys/kernel/tracing"},
		{TRIAL_UPROBE, "uprobes",
		 "run as root, or with CAP_SYS_ADMIN; without it, 'events --panics' does not work"},
	};

	for (size_t i = 0; i < sizeof(HELPERS) / sizeof(HELPERS[0]); i++) {
		const struct trial *t = &f->trials[HELPERS[i].id];

		add(c, HELPERS[i].name, t->error ? "fallback" : "ok", t->error ? "none" : t->name, why(c, t),
		    t->error ? HELPERS[i].without : "");
	}
}

/* The parser has no capabilities in any case. */
static void check_parser(struct checks *c)
{
	const char *problem = parser_rights__problem();
	bool landlock = parser_rights__has_landlock();

	add(c, "parser", problem ? "fallback" : "ok",
	    problem    ? "without capabilities"
	    : landlock ? "seccomp, landlock"
		       : "seccomp",
	    problem ? arena__format(&c->arena,
				    "%s; ELF files are parsed without capabilities, but system calls are not "
				    "filtered",
				    problem)
		    : "",
	    problem ? "allow seccomp filters (CONFIG_SECCOMP_FILTER; the container's profile)" : "");
}

static void check_processes(struct checks *c)
{
	const char *problem = place__proc_problem();

	if (problem)
		c->able = false;
	add(c, "process list", problem ? "missing" : "ok", problem ? "none" : "/proc",
	    problem ? "processes are not visible by PID or name" : "", problem ? problem : "");
}

static void check_descriptors(struct checks *c, rlim_t limit)
{
	if (limit >= NEEDED_FILES) {
		add(c, "descriptors", "ok", "enough", "", "");
		return;
	}
	c->able = false;
	add(c, "descriptors", "missing", "for snapshot alone",
	    arena__format(&c->arena, "the limit of %llu open files is too low, %d are needed",
			  (unsigned long long)limit, NEEDED_FILES),
	    "raise it with 'ulimit -n', or run as root");
}

/* The memory of another process: a container's seccomp profile or Yama may refuse it even to root. */
static void check_memory(struct checks *c)
{
	char here = 0, there = 1;
	struct iovec local = {&here, 1}, remote = {&there, 1};

	if (process_vm_readv(getpid(), &local, 1, &remote, 1, 0) == 1) {
		add(c, "target memory", "ok", "process_vm_readv", "", "");
		return;
	}
	add(c, "target memory", "missing", "none", arena__format(&c->arena, "%s", strerror(errno)),
	    "in a container, allow process_vm_readv in its seccomp profile");
}

static void check_running_stacks(struct checks *c)
{
	int err = ticks__try();

	if (!err)
		add(c, "running stacks", "ok", "perf events", "", "");
	else
		add(c, "running stacks", "fallback", "none", arena__format(&c->arena, "%s", strerror(-err)),
		    "run as root, or with CAP_PERFMON; in a container, allow perf_event_open in its seccomp "
		    "profile. Without it, running threads have no stack");
}

/* Returns whether they are hidden. */
static bool check_kernel_names(struct checks *c)
{
	unsigned long long address = 0;
	char line[512];
	FILE *f = fopen("/proc/kallsyms", "re");
	bool hidden;

	/* The first symbols may be offsets into per-CPU data, which start at 0. */
	for (int i = 0; f && !address && i < 4096 && fgets(line, sizeof(line), f); i++)
		address = strtoull(line, NULL, 16);
	hidden = !address;
	if (f)
		fclose(f);
	if (hidden)
		add(c, "kernel names", "missing", "none", "addresses in /proc/kallsyms are hidden",
		    "run as root, or with CAP_SYSLOG and kernel.kptr_restrict at most 1");
	else
		add(c, "kernel names", "ok", "/proc/kallsyms", "", "");
	return hidden;
}

static void check_debug_servers(struct checks *c)
{
	const char *problem = debuginfod__problem();

	if (problem)
		add(c, "debug servers", "fallback", "none", problem,
		    "none needed without DEBUGINFOD_URLS; otherwise a build with shared libraries, and "
		    "libdebuginfod of elfutils");
	else
		add(c, "debug servers", "ok", "libdebuginfod", "", "");
}

int command_doctor(const struct options *o)
{
	struct checks c = {.able = true};
	struct doctor_report r = {0};
	struct utsname host = {0};
	struct features f;
	struct session s;
	int status = session__open_targets(&s, o), err;
	bool hidden;

	if (status)
		return status;
	uname(&host);
	err = probes__try(&f, &o->hooks);
	check_privileges(&c, &f);
	check_required(&c, &f);
	if (!err) {
		check_choices(&c, &f);
		check_helpers(&c, &f);
	}
	check_processes(&c);
	check_parser(&c);
	check_descriptors(&c, s.file_limit);
	check_memory(&c);
	check_running_stacks(&c);
	hidden = check_kernel_names(&c);
	check_debug_servers(&c);
	if (!err)
		doctor__logs(&c, &f, hidden);
	if (err == -EOPNOTSUPP && c.able)
		status = complain(STATUS_NOT_ALLOWED, "the requested hook does not work on this kernel");
	r = (struct doctor_report){.kernel = host.release,
				   .arch = host.machine,
				   .version = TS_VERSION,
				   .libbpf = arena__format(&c.arena, "%d.%d", f.libbpf_major, f.libbpf_minor),
				   .checks = c.rows,
				   .check_count = c.count,
				   .able = c.able && !err};
	s.view->doctor(&s.out, &r);
	if (!status)
		status = r.able ? STATUS_DONE : STATUS_NOT_ALLOWED;
	status = session__finish(&s, status);
	session__close(&s);
	arena__free(&c.arena);
	return status;
}
