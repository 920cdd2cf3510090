// SPDX-License-Identifier: GPL-2.0-or-later
#include "probes/features.h"

#include <errno.h>
#include <stdint.h>
#include <string.h>
#include <sys/syscall.h>
#include <unistd.h>

#include <bpf/bpf.h>
#include <bpf/btf.h>
#include <bpf/libbpf.h>
#include <linux/bpf.h>

#include "bpf/threadscope.h"
#include "probes/module_types.h"
#include "probes/snapshot_object.h"
#include "probes/uring_forms.h"

/* What the kernel side takes for a system call's number is what the compiler's headers say. */
#define SAME_NUMBER(name, number) _Static_assert((number) == SYS_##name, #name);
TS_SYSCALLS(SAME_NUMBER)

#define INSN(c, d, s, o, i) \
	((struct bpf_insn){.code = (c), .dst_reg = (d), .src_reg = (s), .off = (o), .imm = (i)})
#define MOV(dst, value) INSN(BPF_ALU64 | BPF_MOV | BPF_K, dst, 0, 0, value)
#define CALL(helper)    INSN(BPF_JMP | BPF_CALL, 0, 0, 0, helper)
#define EXIT            INSN(BPF_JMP | BPF_EXIT, 0, 0, 0, 0)

static const struct trial TRIAL_TABLE[TRIALS] = {
	[TRIAL_BTF] = {"kernel type information (BTF)", "5.2, CONFIG_DEBUG_INFO_BTF", "everything", 0, true},
	[TRIAL_LOAD] = {"loading tracing programs", "5.5", "everything", 0, true},
	[TRIAL_READ_KERNEL] = {"bpf_probe_read_kernel", "5.5", "everything", 0, true},
	[TRIAL_TP_BTF] = {"BTF tracepoints", "5.5, commit ac4414b5ca47", "threads and waits", 0, true},
	[TRIAL_FENTRY] = {"fentry on system calls", "5.5 (arm64: 6.4), commit fec56f5890d9",
			  "writes and syncs at no cost to other system calls", 0, false},
	[TRIAL_TRACEFS] = {"plain tracepoints", "4.7, tracefs mounted", "third way to writes and syncs", 0,
			   false},
	[TRIAL_TASK_STORAGE] = {"task-local storage", "5.11, commit 4cf1bc1f1045",
				"a thread's record without a hash table", 0, false},
	[TRIAL_CURRENT_BTF] = {"bpf_get_current_task_btf", "5.11, commit 3ca1032ab7ab",
			       "cheaper reads of the current thread", 0, false},
	[TRIAL_TASK_PT_REGS] = {"bpf_task_pt_regs", "5.15, commit dd6e10fbd9fb",
				"registers on every kernel configuration", 0, false},
	[TRIAL_ATOMICS] = {"atomic exchange in BPF", "5.12, commit 5ffa25502b5a",
			   "largest values and waits in flight without a race", 0, false},
	[TRIAL_SWITCH_STATE] = {"state argument of sched_switch", "5.18, commit fa2c3254d7cf",
				"very short waits", 0, false},
	[TRIAL_PREEMPT_GUARD] = {"bpf_preempt_disable", "6.10, commit fc7566ad0a82",
				 "no event missed on a preemptible kernel", 0, false},
	[TRIAL_RDONLY_CAST] = {"bpf_rdonly_cast", "6.2, commit a35b9af4ec2c", "cheaper reads of open files",
			       0, false},
	[TRIAL_ITERATOR] = {"task iterator", "5.8, commit eaaacd23910f", "threads from before attach", 0,
			    true},
	[TRIAL_LIGHT] = {"task iterator as a light skeleton", "5.17, commit 1e89106da253",
			 "a snapshot's quick start", 0, false},
	[TRIAL_UPROBE] = {"uprobes", "4.17, commit e12f03d7031a, CONFIG_UPROBE_EVENTS",
			  "panics of Go programs, when asked for", 0, false},
	[TRIAL_URING] = {"io_uring tracepoints", "5.10.162 and 5.15 in the form needed",
			 "writes and syncs by io_uring", 0, false},
	[TRIAL_UNIX_SOCKETS] = {"types of Unix sockets", "CONFIG_UNIX=y", "the other end of Unix sockets", 0,
				false},
	[TRIAL_DEVICE_WRITERS] = {"tracepoints of dirty pages and of block I/O", "CONFIG_BLOCK=y",
				  "who writes most to a device that is slow", 0, false},
};

static int try_load(const struct bpf_insn *insns, size_t count, int btf_id, enum bpf_attach_type attach,
		    char *log, size_t log_size)
{
	LIBBPF_OPTS(bpf_prog_load_opts, opts, .attach_btf_id = btf_id, .expected_attach_type = attach,
		    .log_buf = log, .log_size = log_size, .log_level = log ? 1 : 0);
	int fd;

	if (btf_id < 0)
		return -ENOENT;
	fd = bpf_prog_load(BPF_PROG_TYPE_TRACING, "try", "GPL", insns, count, &opts);
	return fd < 0 ? -errno : fd;
}

/* A program that only returns: is this kind of program allowed at this place? */
static int try_plain(int btf_id, enum bpf_attach_type attach)
{
	struct bpf_insn insns[] = {MOV(0, 0), EXIT};
	int fd = try_load(insns, 2, btf_id, attach, NULL, 0);

	if (fd < 0)
		return fd;
	close(fd);
	return 0;
}

/* Loading does not prove that the function can be patched: fentry is also attached. */
static int try_attach(int btf_id, enum bpf_attach_type attach)
{
	struct bpf_insn insns[] = {MOV(0, 0), EXIT};
	int fd = try_load(insns, 2, btf_id, attach, NULL, 0), link, err = 0;

	if (fd < 0)
		return fd;
	link = bpf_raw_tracepoint_open(NULL, fd);
	if (link < 0)
		err = -errno;
	else
		close(link);
	close(fd);
	return err;
}

/*
 * The verifier refuses an existing helper for its missing arguments, and a missing helper by name: its
 * message shows which.
 */
static int try_helper(int helper, int btf_id, enum bpf_attach_type attach)
{
	struct bpf_insn insns[] = {CALL(helper), MOV(0, 0), EXIT};
	char log[4096] = "";
	int fd = try_load(insns, 3, btf_id, attach, log, sizeof(log));

	if (fd >= 0) {
		close(fd);
		return 0;
	}
	if (fd == -EPERM || fd == -ENOENT)
		return fd;
	if (strstr(log, "unknown func") || strstr(log, "invalid func") || strstr(log, "cannot use helper") ||
	    !log[0])
		return -EOPNOTSUPP;
	return 0;
}

/*
 * From 6.19 on (kmalloc_nolock) entries work only on processors with a 16-byte compare-and-exchange, so one
 * is created, for threadscope itself.
 */
static int try_storage_entry(void)
{
	LIBBPF_OPTS(bpf_map_create_opts, opts, .map_flags = BPF_F_NO_PREALLOC);
	struct btf *btf = btf__new_empty();
	int map = -1, self = -1, err = -ENOMEM;
	uint64_t value = 1;

	if (!btf)
		return -ENOMEM;
	opts.btf_key_type_id = (__u32)btf__add_int(btf, "int", 4, BTF_INT_SIGNED);
	opts.btf_value_type_id = (__u32)btf__add_int(btf, "u64", 8, 0);
	err = btf__load_into_kernel(btf);
	if (!err) {
		opts.btf_fd = (__u32)btf__fd(btf);
		map = bpf_map_create(BPF_MAP_TYPE_TASK_STORAGE, "try", 4, 8, 0, &opts);
		self = (int)syscall(SYS_pidfd_open, getpid(), 0);
		if (map < 0 || self < 0 || bpf_map_update_elem(map, &self, &value, BPF_ANY))
			err = -errno;
	}
	if (map >= 0)
		close(map);
	if (self >= 0)
		close(self);
	btf__free(btf);
	return err;
}

static int try_atomics(int btf_id)
{
	struct bpf_insn insns[] = {
		MOV(0, 0),
		MOV(1, 1),
		INSN(BPF_STX | BPF_MEM | BPF_DW, BPF_REG_10, 0, -8, 0),
		INSN(BPF_STX | BPF_ATOMIC | BPF_DW, BPF_REG_10, 1, -8, BPF_CMPXCHG),
		MOV(0, 0),
		EXIT,
	};
	int fd = try_load(insns, 6, btf_id, BPF_TRACE_RAW_TP, NULL, 0);

	if (fd < 0)
		return fd;
	close(fd);
	return 0;
}

/* btf_trace_sched_switch(void *, bool, prev, next, unsigned int) has 5 parameters since 5.18. */
static int find_switch_state(const struct btf *btf)
{
	const struct btf_type *t;
	int id = btf__find_by_name_kind(btf, "btf_trace_sched_switch", BTF_KIND_TYPEDEF);

	if (id < 0)
		return -ENOENT;
	t = btf__type_by_id(btf, btf__type_by_id(btf, id)->type); /* pointer */
	t = t ? btf__type_by_id(btf, t->type) : NULL;
	if (!t || !btf_is_func_proto(t))
		return -ENOENT;
	return btf_vlen(t) >= 5 ? 0 : -EOPNOTSUPP;
}

static int try_tracefs(void)
{
	static const char *const PLACES[] = {"/sys/kernel/tracing/events/raw_syscalls/sys_enter/id",
					     "/sys/kernel/debug/tracing/events/raw_syscalls/sys_enter/id"};

	int err = -ENOENT;

	for (size_t i = 0; i < 2; i++) {
		if (access(PLACES[i], R_OK) == 0)
			return 0;
		if (errno == EACCES)
			err = -EACCES;
	}
	return err;
}

static int find_kfunc(const struct btf *btf, const char *name)
{
	return btf__find_by_name_kind(btf, name, BTF_KIND_FUNC) > 0 ? 0 : -EOPNOTSUPP;
}

/*
 * From 7.0 on tracepoints are protected by SRCU and not by preemption being off
 * (commit a46023d5616e); the SRCU domain's data of each CPU is in BTF. 6.12 and older use that name for
 * another purpose: the guard is harmless there.
 */
static bool tracepoints_preemptible(const struct btf *btf)
{
	return btf__find_by_name_kind(btf, "tracepoint_srcu_srcu_data", BTF_KIND_VAR) > 0;
}

static void try_all(struct features *f, const struct btf *btf, bool quick)
{
	int newtask = btf__find_by_name_kind(btf, "btf_trace_task_newtask", BTF_KIND_TYPEDEF);
	int iter = btf__find_by_name_kind(btf, "bpf_iter_task", BTF_KIND_FUNC);
	struct trial *t = f->trials;

	t[TRIAL_LOAD].error = try_plain(iter, BPF_TRACE_ITER);
	t[TRIAL_ITERATOR].error = t[TRIAL_LOAD].error;
	if (t[TRIAL_LOAD].error)
		return;
	t[TRIAL_READ_KERNEL].error = try_helper(BPF_FUNC_probe_read_kernel, iter, BPF_TRACE_ITER);
	if (t[TRIAL_READ_KERNEL].error)
		return;
	t[TRIAL_TASK_PT_REGS].error = try_helper(BPF_FUNC_task_pt_regs, iter, BPF_TRACE_ITER);
	t[TRIAL_ATOMICS].error = try_atomics(newtask);
	t[TRIAL_CURRENT_BTF].error = try_helper(BPF_FUNC_get_current_task_btf, newtask, BPF_TRACE_RAW_TP);
	if (quick)
		return;
	t[TRIAL_LIGHT].error = light__try();
	t[TRIAL_TP_BTF].error = try_plain(newtask, BPF_TRACE_RAW_TP);
	t[TRIAL_TASK_STORAGE].error = try_helper(BPF_FUNC_task_storage_get, newtask, BPF_TRACE_RAW_TP);
	if (!t[TRIAL_TASK_STORAGE].error)
		t[TRIAL_TASK_STORAGE].error = try_storage_entry();
	t[TRIAL_SWITCH_STATE].error = find_switch_state(btf);
	t[TRIAL_PREEMPT_GUARD].error = find_kfunc(btf, "bpf_preempt_disable");
	t[TRIAL_RDONLY_CAST].error = find_kfunc(btf, "bpf_rdonly_cast");
	f->tracepoints_preemptible = tracepoints_preemptible(btf);
	/* msync: a rarely used call, so that the trial does not disturb other processes */
	t[TRIAL_FENTRY].error = try_attach(
		btf__find_by_name_kind(btf, TS_SYSCALL_PREFIX "msync", BTF_KIND_FUNC), BPF_TRACE_FENTRY);
	t[TRIAL_TRACEFS].error = try_tracefs();
	t[TRIAL_UPROBE].error = features__try_uprobe();
	t[TRIAL_UNIX_SOCKETS].error =
		btf__find_by_name_kind(btf, "unix_sock", BTF_KIND_STRUCT) > 0 ? 0 : -EOPNOTSUPP;
	t[TRIAL_URING].error = features__find_uring(btf, &f->uring);
	features__find_btrfs(btf, &f->btrfs);
}

bool features__works(const struct features *f, enum trial_id id)
{
	return f->trials[id].error == 0;
}

static int choose(int wish, const int *errors, int count)
{
	if (wish >= 0)
		return errors[wish] ? -EOPNOTSUPP : wish;
	for (int i = 0; i < count; i++)
		if (!errors[i])
			return i;
	return -EOPNOTSUPP;
}

static int choose_hooks(struct features *f, const struct hook_wishes *wishes, bool quick)
{
	const struct trial *t = f->trials;
	int writes[WRITE_HOOKS] = {t[TRIAL_FENTRY].error, t[TRIAL_TP_BTF].error, t[TRIAL_TRACEFS].error};
	/* storage is reached through bpf_get_current_task_btf */
	int storage[STORAGE_KINDS] = {t[TRIAL_TASK_STORAGE].error ?: t[TRIAL_CURRENT_BTF].error, 0};
	int iterator[ITERATOR_KINDS] = {t[TRIAL_LIGHT].error, 0};
	int uring[URING_HOOKS] = {f->uring.absent ? -ENOENT : t[TRIAL_URING].error, 0};
	int u = quick ? URING_NONE : choose(wishes->uring, uring, URING_HOOKS);
	int w = quick ? 0 : choose(wishes->writes, writes, WRITE_HOOKS);
	int s = quick ? 0 : choose(wishes->storage, storage, STORAGE_KINDS);
	int i = choose(wishes->iterator, iterator, ITERATOR_KINDS);

	if (w < 0 || s < 0 || i < 0 || u < 0)
		return -EOPNOTSUPP;
	f->uring_hook = u;
	f->writes = w;
	f->storage = s;
	f->iterator = i;
	return 0;
}

#define KERNEL_BTF "/sys/kernel/btf/vmlinux"

/* If libbpf cannot read this file, for example for lack of memory, it searches other places and returns
 * -ESRCH.
 */
static int why_no_btf(int err)
{
	struct btf *btf;

	if (err != -ESRCH || access(KERNEL_BTF, F_OK))
		return err;
	btf = btf__parse(KERNEL_BTF, NULL);
	if (!btf)
		return -errno;
	btf__free(btf);
	return err;
}

/* The error of a required trial. */
static int as_a_whole(int err)
{
	switch (err) {
	case -EPERM:
	case -EACCES:
		return -EPERM;
	case -ENOMEM:
	case -EMFILE:
	case -ENFILE:
	case -EAGAIN:
		return err;
	default:
		return -EOPNOTSUPP;
	}
}

int features__find(struct features *f, const struct hook_wishes *wishes, bool quick)
{
	struct btf *btf;

	memcpy(f->trials, TRIAL_TABLE, sizeof(f->trials));
	for (size_t i = 0; i < TRIALS; i++)
		f->trials[i].error = -EOPNOTSUPP;
	f->libbpf_major = libbpf_major_version();
	f->libbpf_minor = libbpf_minor_version();
	btf = btf__load_vmlinux_btf();
	if (!btf) {
		f->trials[TRIAL_BTF].error = why_no_btf(-errno);
		return as_a_whole(f->trials[TRIAL_BTF].error);
	}
	f->trials[TRIAL_BTF].error = 0;
	try_all(f, btf, quick);
	btf__free(btf);
	if (f->trials[TRIAL_LOAD].error)
		return as_a_whole(f->trials[TRIAL_LOAD].error);
	if (f->trials[TRIAL_READ_KERNEL].error)
		return as_a_whole(f->trials[TRIAL_READ_KERNEL].error);
	return choose_hooks(f, wishes, quick);
}

bool features__uring_hidden(const struct features *f)
{
	return !f->uring.absent && f->uring_hook != URING_TRACEPOINTS;
}
