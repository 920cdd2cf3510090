// SPDX-License-Identifier: GPL-2.0-or-later
#include "symbols/parser_rights.h"

#include <errno.h>
#include <fcntl.h>
#include <linux/capability.h>
#include <linux/seccomp.h>
#include <seccomp.h>
#include <signal.h>
#include <stddef.h>
#include <stdio.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/prctl.h>
#include <sys/resource.h>
#include <sys/stat.h>
#include <sys/syscall.h>
#include <unistd.h>

#include "symbols/native.h"

/* linux/landlock.h, which older systems do not have */
#define LANDLOCK_CREATE   444
#define LANDLOCK_RESTRICT 446
#define LANDLOCK_VERSION  (1u << 0)
#define LANDLOCK_FILES    0x1fffull /* of the first version; later ones have more */

/* ---- limits ------------------------------------------------------------------------ */

static void limit(int resource, rlim_t most)
{
	struct rlimit l;

	if (getrlimit(resource, &l))
		return;
	l.rlim_max = l.rlim_max < most ? l.rlim_max : most;
	l.rlim_cur = l.rlim_max;
	setrlimit(resource, &l);
}

static uint64_t own_bytes(void)
{
	unsigned long pages = 0;
	FILE *f = fopen("/proc/self/statm", "re");

	if (f && fscanf(f, "%lu", &pages) != 1)
		pages = 0;
	if (f)
		fclose(f);
	return pages * (uint64_t)sysconf(_SC_PAGESIZE);
}

static void set_limits(uint64_t more_bytes)
{
	uint64_t own = own_bytes();

	if (own)
		limit(RLIMIT_AS, own + more_bytes);
	limit(RLIMIT_FSIZE, 0);
	limit(RLIMIT_CORE, 0);
	limit(RLIMIT_MEMLOCK, 0);
}

/* ---- capabilities, files ------------------------------------------------------------- */

/* The bounding set may stay: without new privileges there is nothing that it bounds. */
static void drop_capabilities(void)
{
	struct __user_cap_header_struct h = {.version = _LINUX_CAPABILITY_VERSION_3};
	struct __user_cap_data_struct none[_LINUX_CAPABILITY_U32S_3] = {0};

	prctl(PR_CAP_AMBIENT, PR_CAP_AMBIENT_CLEAR_ALL, 0, 0, 0);
	syscall(SYS_capset, &h, none);
}

static int landlock_version(void)
{
	return (int)syscall(LANDLOCK_CREATE, NULL, 0, LANDLOCK_VERSION);
}

bool parser_rights__has_landlock(void)
{
	return landlock_version() > 0;
}

/* No path may be opened; descriptors that are handed over can be read. */
static void shut_files(void)
{
	uint64_t handled = LANDLOCK_FILES;
	int fd;

	if (landlock_version() <= 0)
		return;
	fd = (int)syscall(LANDLOCK_CREATE, &handled, sizeof(handled), 0);
	if (fd < 0)
		return;
	syscall(LANDLOCK_RESTRICT, fd, 0);
	close(fd);
}

/* ---- system calls ---------------------------------------------------------------------- */

/*
 * glibc asks for the size of a descriptor with the call that also takes a path (newfstatat), and no filter
 * can see that it is empty. So that call is caught, and done as fstat.
 */
static void on_refused(int number, siginfo_t *info, void *context)
{
	const char *path = (const char *)native__argument(context, 1);
	long result = -EPERM;

	(void)number;
	if (info->si_syscall == SYS_newfstatat && path && !*path &&
	    native__argument(context, 3) == AT_EMPTY_PATH) {
		result = syscall(SYS_fstat, native__argument(context, 0), native__argument(context, 2));
		if (result < 0)
			result = -errno;
	}
	native__set_result(context, result);
}

static void catch_refused(void)
{
	struct sigaction a = {.sa_sigaction = on_refused, .sa_flags = SA_SIGINFO};
	sigset_t set;

	sigaction(SIGSYS, &a, NULL);
	sigemptyset(&set);
	sigaddset(&set, SIGSYS);
	sigprocmask(SIG_UNBLOCK, &set, NULL);
}

/* Reading, memory, time. */
static const int ALLOWED[] = {
	SYS_recvmsg,        SYS_sendmsg,         SYS_pread64,   SYS_read,          SYS_lseek,
	SYS_fstat,          SYS_close,           SYS_fadvise64, SYS_brk,           SYS_munmap,
	SYS_mremap,         SYS_madvise,         SYS_futex,     SYS_clock_gettime, SYS_gettimeofday,
	SYS_getrandom,      SYS_sysinfo,         SYS_getpid,    SYS_gettid,        SYS_rt_sigreturn,
	SYS_rt_sigprocmask, SYS_restart_syscall, SYS_exit,      SYS_exit_group,
};

/* No library has a reason for these: who calls one is ended. All others fail with EPERM. */
static const int FATAL[] = {
	SYS_execve,  SYS_execveat, SYS_ptrace, SYS_process_vm_readv, SYS_process_vm_writev, SYS_bpf,
	SYS_connect, SYS_bind,     SYS_mount,  SYS_perf_event_open,  SYS_init_module,       SYS_setns,
	SYS_unshare, SYS_kill,     SYS_clone,  SYS_keyctl,           SYS_kexec_load,
};

static int add_rules(scmp_filter_ctx f)
{
	int err = 0;

	for (size_t i = 0; !err && i < sizeof(ALLOWED) / sizeof(*ALLOWED); i++)
		err = seccomp_rule_add(f, SCMP_ACT_ALLOW, ALLOWED[i], 0);
	for (size_t i = 0; !err && i < sizeof(FATAL) / sizeof(*FATAL); i++)
		err = seccomp_rule_add(f, SCMP_ACT_KILL_PROCESS, FATAL[i], 0);
	/* Memory that is code is not made. */
	if (!err)
		err = seccomp_rule_add(f, SCMP_ACT_ALLOW, SYS_mmap, 1,
				       SCMP_A2(SCMP_CMP_MASKED_EQ, PROT_EXEC, 0));
	if (!err)
		err = seccomp_rule_add(f, SCMP_ACT_ALLOW, SYS_mprotect, 1,
				       SCMP_A2(SCMP_CMP_MASKED_EQ, PROT_EXEC, 0));
	if (!err)
		err = seccomp_rule_add(f, SCMP_ACT_ALLOW, SYS_fcntl, 1, SCMP_A1(SCMP_CMP_EQ, F_GET_SEALS, 0));
	if (!err)
		err = seccomp_rule_add(f, SCMP_ACT_ALLOW, SYS_fcntl, 1, SCMP_A1(SCMP_CMP_EQ, F_GETFD, 0));
	return err ? err : seccomp_rule_add(f, SCMP_ACT_TRAP, SYS_newfstatat, 0);
}

static void filter_calls(void)
{
	scmp_filter_ctx f = seccomp_init(SCMP_ACT_ERRNO(EPERM));

	if (!f)
		return;
	if (!add_rules(f))
		seccomp_load(f);
	seccomp_release(f);
}

/* The kernel looks at the program's address last: a filter that could be set gives EFAULT. */
const char *parser_rights__problem(void)
{
	if (!prctl(PR_SET_SECCOMP, SECCOMP_MODE_FILTER, NULL) || errno == EFAULT)
		return NULL;
	return errno == EINVAL ? "this kernel has no seccomp filters" : "seccomp filters are forbidden here";
}

void parser_rights__give_up(uint64_t more_bytes)
{
	prctl(PR_SET_DUMPABLE, 0, 0, 0, 0);
	set_limits(more_bytes);
	drop_capabilities();
	prctl(PR_SET_NO_NEW_PRIVS, 1, 0, 0, 0);
	shut_files();
	catch_refused();
	filter_calls();
}
