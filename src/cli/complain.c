// SPDX-License-Identifier: GPL-2.0-or-later
/* Errors, each in one sentence on standard error. */
#include <errno.h>
#include <stdarg.h>
#include <string.h>

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

int complain_hidden(pid_t pid)
{
	return complain(STATUS_NOT_ALLOWED,
			"the kernel shows no threads of process %d here, though it lives: a "
			"sandbox or another PID namespace hides it",
			pid);
}

int complain_probes(int err, const struct features *f)
{
	switch (err) {
	case -EPERM:
	case -EACCES:
		if (place__in_user_namespace())
			return complain(
				STATUS_NOT_ALLOWED,
				"not allowed to load BPF programs: capabilities in a user namespace, as "
				"a rootless container has them, do not count; run as root of the host");
		return complain(
			STATUS_NOT_ALLOWED,
			"not allowed to load BPF programs; run as root (or with CAP_BPF, CAP_PERFMON, "
			"CAP_SYS_PTRACE and CAP_DAC_READ_SEARCH)");
	case -E2BIG:
		return complain(STATUS_USAGE, "the names given with -n are too long: 63 characters in all");
	case -ENOMEM:
		return complain(
			STATUS_FAILED,
			"out of memory while the BPF programs were loaded; if there is a limit ('ulimit "
			"-v', or of the cgroup), raise it");
	case -ENOEXEC:
		return complain(STATUS_NOT_ALLOWED,
				"this kernel's verifier refuses one of threadscope's programs; with "
				"THREADSCOPE_DEBUG=1 in the environment it says why: please report that");
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
		return complain(STATUS_NOT_ALLOWED,
				"this kernel does not offer a needed hook; 'threadscope doctor' tells which");
	default:
		return complain(STATUS_FAILED, "cannot load the BPF programs: %s", strerror(-err));
	}
}
