// SPDX-License-Identifier: GPL-2.0-or-later
#include "probes/probes.h"

#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>
#include <unistd.h>

#include <bpf/bpf.h>
#include <bpf/libbpf.h>

#include "probes/glob.h"
#include "probes/snapshot_object.h"
#include "probes/probes_private.h"
#include "probes/timed_calls.h"
#include "device_writers.skel.h"
#include "threadscope_old.skel.h"
#include "probes/run_time.h"
#include "util/clock.h"
#include "util/heap.h"

#define ENOTSUPP 524 /* the kernel's own */

/* libbpf's own message alone says which of the maps and programs the kernel refuses. */
static bool program_refused;

/* libbpf's messages are for developers, and printed only on request. */
static int print(enum libbpf_print_level level, const char *format, va_list args)
{
	if (level == LIBBPF_WARN && strstr(format, "BPF program load failed"))
		program_refused = true;
	if (level == LIBBPF_DEBUG || !getenv("THREADSCOPE_DEBUG"))
		return 0;
	return vfprintf(stderr, format, args);
}

static int set_globs(struct threadscope_bpf *s, const struct probes_options *o)
{
	struct glob_automaton a = {};
	int err;

	for (size_t i = 0; i < o->glob_count; i++) {
		err = glob_automaton__add(&a, o->globs[i]);
		if (err)
			return err;
	}
	memcpy((void *)s->rodata->name_accepts, a.accepts, sizeof(a.accepts));
	s->rodata->name_loops = a.loops;
	s->rodata->name_starts = a.starts;
	s->rodata->name_ends = a.ends;
	return 0;
}

static void set_settings(struct threadscope_bpf *s, const struct probes_options *o, const struct features *f)
{
	/* enum probes_targets and the BPF side's target_mode have the same order */
	s->rodata->target_mode = o->targets;
	s->rodata->use_task_storage = !o->snapshot && f->storage == STORAGE_TASK;
	s->rodata->has_current_btf = features__works(f, TRIAL_CURRENT_BTF);
	s->rodata->has_task_pt_regs = features__works(f, TRIAL_TASK_PT_REGS);
	s->rodata->switch_has_state = features__works(f, TRIAL_SWITCH_STATE);
	s->rodata->guard_calls = features__works(f, TRIAL_PREEMPT_GUARD);
	s->rodata->guard_tracepoints = s->rodata->guard_calls && f->tracepoints_preemptible;
	s->rodata->has_rdonly_cast = features__works(f, TRIAL_RDONLY_CAST);
	s->rodata->has_btrfs = f->btrfs.known;
	s->rodata->btrfs_inode_at = f->btrfs.inode_at;
	s->rodata->btrfs_root_at = f->btrfs.root_at;
	s->rodata->btrfs_root_id_at = f->btrfs.root_id_at;
	s->rodata->uring_submit_at = f->uring.request_at;
	s->rodata->uring_complete_as = f->uring.complete_as;
	s->rodata->want_events = o->events;
	s->rodata->slow_io_ns = o->slow_io_ns;
	s->rodata->time_calls = o->calls;
	timed_calls__forms((void *)s->rodata->timed_forms);
	s->rodata->min_wait_ns = o->min_wait_ns;
	s->bss->pass_kernel_stacks = TS_KSTACK_NONE;
	s->data->pass_adopt = !o->snapshot;
}

static bool sees_uring(const struct features *f)
{
	return f->uring_hook == URING_TRACEPOINTS;
}

static bool wanted(const struct bpf_program *p, const struct probes_options *o, const struct features *f)
{
	const char *section = bpf_program__section_name(p), *name = bpf_program__name(p);

	if (!strncmp(section, "iter/", 5))
		return true;
	if (o->snapshot)
		return false;
	if (!strcmp(section, "uprobe"))
		return o->panics;
	if (!strncmp(section, "fentry/", 7) || !strncmp(section, "fexit/", 6))
		return f->writes == WRITE_FENTRY && (o->events || strcmp(name, "exit_futex"));
	if (!strncmp(section, "tracepoint/", 11))
		return f->writes == WRITE_TRACEPOINT;
	if (!strcmp(name, "btf_enter") || !strcmp(name, "btf_exit"))
		return f->writes == WRITE_TP_BTF;
	if (!strcmp(name, "timed_enter") || !strcmp(name, "timed_exit"))
		return o->calls;
	if (!strcmp(name, "sched_waking"))
		return o->events;
	if (!strcmp(name, "process_rename"))
		return o->targets == PROBES_NAME;
	if (!strcmp(name, "uring_submit_req"))
		return sees_uring(f) && f->uring.submit_req;
	if (!strcmp(name, "uring_submit_sqe"))
		return sees_uring(f) && !f->uring.submit_req;
	if (!strcmp(name, "uring_complete"))
		return sees_uring(f);
	return true;
}

/* Maps are preallocated (no allocation in the scheduler), so unused ones are small and the others fit their
 * use. */
static void size_maps(struct threadscope_bpf *s, const struct probes_options *o, const struct features *f)
{
	bool many = o->targets == PROBES_ALL || o->targets == PROBES_NAME;

	bpf_map__set_autocreate(s->maps.thread_storage, s->rodata->use_task_storage);
	if (!o->panics)
		bpf_map__set_max_entries(s->maps.go_targets, 1);
	if (!o->snapshot && f->storage == STORAGE_HASH)
		bpf_map__set_max_entries(s->maps.thread_hash, many ? 65536 : 32768);
	if (o->snapshot) {
		struct bpf_map *idle[] = {s->maps.processes, s->maps.creators,    s->maps.locks,
					  s->maps.file_rows, s->maps.file_slots,  s->maps.free_files,
					  s->maps.cfi_rows,  s->maps.stacks_seen, s->maps.file_writers,
					  s->maps.io_stacks, s->maps.io_parts,    s->maps.io_slowest};
		for (size_t i = 0; i < sizeof(idle) / sizeof(idle[0]); i++)
			bpf_map__set_max_entries(idle[i], 1);
		bpf_map__set_max_entries(s->maps.targets, 64);
		bpf_map__set_max_entries(s->maps.events, 4096);
	} else if (many) {
		bpf_map__set_max_entries(s->maps.locks, 8192);
		bpf_map__set_max_entries(s->maps.file_rows, 2 * TS_FILES);
		bpf_map__set_max_entries(s->maps.file_slots, 2 * TS_FILES);
		bpf_map__set_max_entries(s->maps.free_files, 2 * TS_FILES);
	}
	if (o->snapshot || !sees_uring(f))
		bpf_map__set_max_entries(s->maps.uring_requests, 1);
	if (o->calls) {
		bpf_map__set_max_entries(s->maps.timed_now, TS_CALL_THREADS);
		bpf_map__set_max_entries(s->maps.timed_calls, TS_CALL_ROWS);
		bpf_map__set_max_entries(s->maps.timed_rest, TS_CALL_RESTS);
	}
	if (!many && !o->snapshot)
		bpf_map__set_max_entries(s->maps.processes, 1024);
}

/* What the error means. The verifier is named only if it has looked at a program and refused it. */
static int load_error(int err)
{
	switch (err) {
	case -ENOMEM:
	case -ESRCH: /* the kernel's types, which existed a moment ago */
		return -ENOMEM;
	case -EINVAL:
	case -EACCES:
	case -E2BIG:
	case -ENOSPC:
	case -EFAULT:
	case -ENOTSUPP:
		return program_refused ? -ENOEXEC : err;
	default:
		return err;
	}
}

static int prepare(struct probes *p, const struct probes_options *o, const struct features *f)
{
	struct bpf_program *prog;
	int err;

	set_settings(p->skel, o, f);
	err = set_globs(p->skel, o);
	if (err)
		return err;
	bpf_object__for_each_program(prog, p->skel->obj) bpf_program__set_autoload(prog, wanted(prog, o, f));
	size_maps(p->skel, o, f);
	program_refused = false;
	err = threadscope_bpf__load(p->skel);
	return err ? load_error(err) : 0;
}

/* Both objects come from one source with the same maps and settings, so one skeleton fits both. */
static struct threadscope_bpf *open_skeleton(bool atomics)
{
	struct threadscope_bpf *s = HEAP_NEW(struct threadscope_bpf, 1);
	size_t size;
	int err;

	err = threadscope_bpf__create_skeleton(s);
	if (!err && !atomics) {
		s->skeleton->data = (void *)threadscope_old_bpf__elf_bytes(&size);
		s->skeleton->data_sz = size;
	}
	if (!err)
		err = bpf_object__open_skeleton(s->skeleton, NULL);
	if (!err)
		return s;
	threadscope_bpf__destroy(s);
	errno = -err;
	return NULL;
}

static int load(struct probes *p, const struct probes_options *o, const struct features *f)
{
	threadscope_bpf__destroy(p->skel);
	p->skel = open_skeleton(features__works(f, TRIAL_ATOMICS));
	return p->skel ? prepare(p, o, f) : -errno;
}

int probes__try(struct features *f, const struct hook_wishes *wishes)
{
	int err;

	libbpf_set_print(print);
	libbpf_set_strict_mode(LIBBPF_STRICT_ALL);
	err = features__find(f, wishes, false);
	if (!f->trials[TRIAL_LOAD].error)
		f->trials[TRIAL_DEVICE_WRITERS].error = device_writers__try();
	return err;
}

/* The fast path of a snapshot. False: not supported, or not requested. */
static bool open_light(struct probes *p, const struct probes_options *o, struct features *f)
{
	if (!o->snapshot || o->wishes.iterator == ITERATOR_PLAIN || light__open(&p->light))
		return false;
	p->iterator = light__iterator(p->light);
	f->iterator = ITERATOR_OF_SNAPSHOT;
	return true;
}

static int open_whole(struct probes *p, const struct probes_options *o, struct features *f)
{
	int err = features__find(f, &o->wishes, o->snapshot);

	if (err)
		return err;
	err = load(p, o, f);
	/* Before 6.15, a program that disables preemption may not call global functions, which these do. */
	if (err == -ENOEXEC && features__works(f, TRIAL_PREEMPT_GUARD)) {
		f->trials[TRIAL_PREEMPT_GUARD].error = -EOPNOTSUPP;
		err = load(p, o, f);
	}
	if (!err)
		err = probes__open_files(p);
	if (!err)
		err = probes__open_events(p);
	if (!err)
		p->iterator = bpf_program__fd(p->skel->progs.threads_plain);
	return err;
}

int probes__open(const struct probes_options *o, struct features *f, struct probes **ret)
{
	struct probes *p = HEAP_NEW(struct probes, 1);
	uint64_t from = monotonic_ns();
	int err;

	libbpf_set_print(print);
	libbpf_set_strict_mode(LIBBPF_STRICT_ALL);
	p->snapshot = o->snapshot;
	err = open_light(p, o, f) ? 0 : open_whole(p, o, f);
	if (err) {
		probes__close(p);
		return err;
	}
	p->attach_ns = p->light ? 0 : monotonic_ns() - from; /* nothing stays attached */
	*ret = p;
	return 0;
}

void probes__close(struct probes *p)
{
	if (!p)
		return;
	probes__unwatch_devices(p);
	probes__close_panics(p);
	probes__close_events(p);
	probes__close_files(p);
	threadscope_bpf__destroy(p->skel);
	light__close(p->light);
	free(p->buffer);
	free(p->keys);
	free(p->values);
	free(p);
}

int probes__add_target(struct probes *p, pid_t pid, bool follow)
{
	uint32_t key = (uint32_t)pid, flags = follow;

	if (p->light)
		return 0; /* each pass gets its process */
	if (bpf_map_update_elem(bpf_map__fd(p->skel->maps.targets), &key, &flags, BPF_ANY))
		return -errno;
	return 0;
}

void probes__drop_target(struct probes *p, pid_t pid)
{
	uint32_t key = (uint32_t)pid;

	if (!p->light)
		bpf_map_delete_elem(bpf_map__fd(p->skel->maps.targets), &key);
}

int probes__attach(struct probes *p)
{
	uint64_t from = monotonic_ns();
	int err = threadscope_bpf__attach(p->skel);

	p->attach_ns += monotonic_ns() - from;
	return err;
}

uint64_t probes__attach_ns(const struct probes *p)
{
	return p->attach_ns;
}

static uint64_t run_time_of(const struct bpf_object *obj)
{
	struct bpf_program *prog;
	uint64_t sum = 0;

	bpf_object__for_each_program(prog, obj)
	{
		struct bpf_prog_info info = {};
		__u32 size = sizeof(info);

		if (bpf_program__fd(prog) >= 0 &&
		    !bpf_obj_get_info_by_fd(bpf_program__fd(prog), &info, &size))
			sum += info.run_time_ns;
	}
	return sum;
}

static uint64_t run_time_ns(const struct probes *p)
{
	return run_time_of(p->skel->obj) + (p->devices ? run_time_of(p->devices->obj) : 0);
}

uint64_t probes__bpf_ns_per_s(struct probes *p, uint64_t window_ns)
{
	struct timespec wait = {(time_t)(window_ns / NS_PER_S), (long)(window_ns % NS_PER_S)};
	uint64_t from, took, before, ran, rate, all_cpus;

	if (run_time__switch(true))
		return UINT64_MAX;
	/* On a busy machine another process may take long to begin and to end the counting: what was counted
	 * then is not of this window. */
	before = run_time_ns(p);
	from = monotonic_ns();
	nanosleep(&wait, NULL);
	ran = run_time_ns(p) - before;
	took = monotonic_ns() - from;
	run_time__switch(false);
	rate = took ? ran * NS_PER_S / took : UINT64_MAX;
	/* The kernel counts for a program, too, how long it was preempted. */
	all_cpus = (uint64_t)sysconf(_SC_NPROCESSORS_ONLN) * NS_PER_S;
	return rate <= all_cpus ? rate : UINT64_MAX;
}

int probes__kernel_symbol(struct probes *p, uint64_t address, char *buf, size_t size)
{
	return p->light ? light__symbol(p->light, address, buf, size) : -EOPNOTSUPP;
}
