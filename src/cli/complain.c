// SPDX-License-Identifier: GPL-2.0-or-later
/* Errors, each in one sentence on standard error. */
#include <errno.h>
#include <stdarg.h>
#include <string.h>
#include <sys/resource.h>

#include "cli/capabilities.h"
#include "cli/environment.h"
#include "cli/session.h"
#include "util/escape.h"

#define SENTENCE 1024

int complain(int status, const char *format, ...)
{
	char raw[SENTENCE], safe[SENTENCE * ESCAPE_MAX + 1];
	va_list args;

	va_start(args, format);
	vsnprintf(raw, sizeof(raw), format, args);
	va_end(args);
	fprintf(stderr, "threadscope: %s\n", escape_terminal(safe, sizeof(safe), raw));
	return status;
}

int complain_file(const char *path, int err)
{
	if (err == -ELOOP)
		return complain(STATUS_FAILED,
				"cannot write '%s': it is a symbolic link, or the path leads through one of "
				"another user; give the path of the file itself",
				path);
	if (err == -EPERM)
		return complain(STATUS_FAILED,
				"cannot write '%s': not a regular file, or one with another owner or other "
				"links; give another path",
				path);
	if (err == -ENXIO)
		return complain(STATUS_FAILED, "cannot write '%s': nobody reads this pipe", path);
	return complain(STATUS_FAILED, "cannot write '%s': %s", path, strerror(-err));
}

int complain_hidden(pid_t pid)
{
	return complain(STATUS_NOT_ALLOWED,
			"process %d is alive, but the kernel shows no threads of it: a sandbox or another "
			"PID namespace hides them",
			pid);
}

/* Locked memory: before Linux 5.11 BPF maps count as such. */
static bool memory_is_limited(void)
{
	struct rlimit l;

	return !getrlimit(RLIMIT_MEMLOCK, &l) && l.rlim_cur != RLIM_INFINITY;
}

static int complain_refused(void)
{
	char missing[CAPABILITIES_BYTES];

	if (place__in_user_namespace())
		return complain(STATUS_NOT_ALLOWED,
				"not allowed to load BPF programs: capabilities in a user namespace "
				"(a rootless container) do not suffice; run as root of the host");
	if (*capabilities__missing(missing))
		return complain(STATUS_NOT_ALLOWED,
				"not allowed to load BPF programs, for lack of %s; run as root (or with "
				"CAP_BPF, CAP_PERFMON, CAP_SYS_PTRACE and CAP_DAC_READ_SEARCH)",
				missing);
	return complain(
		STATUS_NOT_ALLOWED,
		"the kernel refuses BPF programs although the capabilities are there: a container's seccomp "
		"profile, a security module, or lockdown (/sys/kernel/security/lockdown)%s",
		memory_is_limited() ? "; before Linux 5.11 perhaps the limit on locked memory: raise it "
				      "with 'ulimit -l', or add CAP_SYS_RESOURCE"
				    : "");
}

int complain_probes(int err, const struct features *f)
{
	struct rlimit files;

	switch (err) {
	case -EPERM:
	case -EACCES:
		return complain_refused();
	case -EMFILE:
		return complain(
			STATUS_NOT_ALLOWED,
			"no more descriptors for the BPF programs (limit %llu); raise it with 'ulimit -n' or "
			"run as root",
			getrlimit(RLIMIT_NOFILE, &files) ? 0ull : (unsigned long long)files.rlim_cur);
	case -ENFILE:
		return complain(STATUS_FAILED,
				"the machine has no more descriptors for the BPF programs; raise "
				"fs.file-max");
	case -E2BIG:
		return complain(STATUS_USAGE,
				"the names given with -n are too long: at most 63 characters in total");
	case -ENOMEM:
		return complain(STATUS_FAILED, "out of memory while loading the BPF programs; raise the "
					       "limit ('ulimit -v', or that of the cgroup)");
	case -ENOEXEC:
		return complain(STATUS_NOT_ALLOWED,
				"this kernel's verifier refuses one of threadscope's programs; please report "
				"the messages that THREADSCOPE_DEBUG=1 in the environment prints");
	case -EOPNOTSUPP:
		if (f->trials[TRIAL_BTF].error && place__sys_problem())
			return complain(STATUS_NOT_ALLOWED,
					"cannot read the kernel's type information (BTF): %s",
					place__sys_problem());
		if (f->trials[TRIAL_BTF].error)
			return complain(
				STATUS_NOT_ALLOWED,
				"this kernel has no type information (BTF) at /sys/kernel/btf/vmlinux; "
				"it needs CONFIG_DEBUG_INFO_BTF=y, as the distributions' kernels have");
		if (!f->trials[TRIAL_LOAD].error && f->trials[TRIAL_READ_KERNEL].error)
			return complain(STATUS_NOT_ALLOWED, LOCKDOWN_REASON "; " LOCKDOWN_REMEDY);
		return complain(STATUS_NOT_ALLOWED,
				"this kernel lacks a required hook; 'threadscope doctor' names it");
	default:
		return complain(STATUS_FAILED, "cannot load the BPF programs: %s", strerror(-err));
	}
}
