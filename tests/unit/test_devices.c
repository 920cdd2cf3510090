/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Who writes most to a device that holds calls up: how it is counted, and what is said. */
#include <dirent.h>
#include <errno.h>
#include <stdlib.h>
#include <unistd.h>

#include "collect/devices.h"
#include "log_samples.h"
#include "thresholds.h"
#include "words/describe.h"

#define ROWS 6

/* ---- the kernel side, as the collector sees it ----------------------------------------- */

static struct {
	bool refuses, watched;
	int asked;
	uint64_t lost;
	struct ts_device_writer_key keys[ROWS];
	struct ts_device_writer rows[ROWS];
	size_t count;
} kernel;

int probes__watch_devices(struct probes *p)
{
	(void)p;
	kernel.asked++;
	kernel.watched = !kernel.refuses;
	return kernel.refuses ? -EOPNOTSUPP : 0;
}

void probes__unwatch_devices(struct probes *p)
{
	(void)p;
	kernel.watched = false;
}

int probes__take_device_writers(struct probes *p, device_writer_fn fn, void *arg)
{
	(void)p;
	for (size_t i = 0; i < kernel.count; i++)
		fn(arg, &kernel.keys[i], &kernel.rows[i]);
	kernel.count = 0;
	return 0;
}

uint64_t probes__lost_device_bytes(const struct probes *p)
{
	(void)p;
	return kernel.lost;
}

static void writes_to(uint32_t dev, uint32_t tgid, const char *comm, uint64_t bytes)
{
	kernel.keys[kernel.count] = (struct ts_device_writer_key){.dev = dev, .tgid = tgid};
	kernel.rows[kernel.count] = (struct ts_device_writer){.bytes = bytes, .pid = tgid};
	strncpy(kernel.rows[kernel.count++].comm, comm, TS_COMM_LEN);
}

/* ---- samples ----------------------------------------------------------------------------- */

/* A disk of this machine; 0: it has none. */
static uint32_t some_disk(void)
{
	DIR *dir = opendir("/sys/dev/block");
	unsigned major = 0, minor = 0;
	const struct dirent *e;
	char path[512];

	while (dir && (e = readdir(dir))) {
		snprintf(path, sizeof(path), "/sys/dev/block/%s/partition", e->d_name);
		if (sscanf(e->d_name, "%u:%u", &major, &minor) == 2 && major && access(path, F_OK))
			break;
		major = minor = 0;
	}
	if (dir)
		closedir(dir);
	return major << 20 | minor;
}

/* A sync of a file on it that waits for the journal. */
static struct sample *held_up(uint64_t seconds, uint32_t dev, uint64_t ns)
{
	static const struct frame journal = {.function = "jbd2_log_wait_commit"};
	struct sample *s = sample_at(seconds);
	struct sample_thread *t;

	add_process(s, 10, 2);
	add_file(s, 10)->key.dev = dev;
	add_writer(s, 10, 11, TS_IO_SYNC, ns);
	t = &s->threads[0];
	t->state = 'D';
	t->blocked = true;
	t->io_file = s->files[0].key;
	t->kernel_stack = (struct call_stack){.frames = &journal, .count = 1, .end = STACK_COMPLETE};
	return s;
}

/* The process that is found, 0: none. Frees s. */
static pid_t found(struct devices *d, struct sample *s)
{
	pid_t pid;

	devices__find(d, s);
	pid = s->device_count ? s->devices[0].pid : 0;
	sample__free(s);
	return pid;
}

/* A count that has begun one second before at. */
static struct devices *counting(uint32_t dev, uint64_t at)
{
	struct devices *d = devices__new(NULL);

	memset(&kernel, 0, sizeof(kernel));
	CHECK_EQ(found(d, held_up(at - 1, dev, NS_PER_S)), 0);
	CHECK_EQ(kernel.watched, true);
	return d;
}

TEST(writers_are_counted_while_a_call_is_held_up)
{
	uint32_t dev = some_disk();
	struct devices *d = devices__new(NULL);
	struct sample *s;

	memset(&kernel, 0, sizeof(kernel));
	if (!dev)
		goto out;
	CHECK_EQ(found(d, held_up(1, dev, NS_OF_MS(LOG_STALL_MS) - 1)), 0);
	CHECK_EQ(found(d, held_up(2, 50, NS_PER_S)), 0); /* no disk's */
	CHECK_EQ(kernel.asked, 0);
	CHECK_EQ(found(d, held_up(3, dev, NS_PER_S)), 0);
	CHECK_EQ(kernel.watched, true);
	CHECK_EQ(devices__changes(d), 1);
	writes_to(dev, 20, "sh", 6000000);
	writes_to(dev, 21, "dd", 5000000);
	CHECK_EQ(found(d, held_up(4, dev, NS_PER_S)), 20);
	writes_to(dev, 21, "dd", 7000000);
	writes_to(dev, 20, "cat", 100);
	writes_to(dev + 1, 22, "other", 90000000); /* another disk */
	s = held_up(5, dev, NS_PER_S);
	devices__find(d, s);
	CHECK_EQ(s->device_count, 1);
	if (s->device_count) {
		CHECK_EQ(s->devices[0].dev, dev);
		CHECK_EQ(s->devices[0].pid, 21);
		CHECK_STR(s->devices[0].comm, "dd");
		CHECK_EQ(s->devices[0].bytes, 12000000);
		CHECK_EQ(s->devices[0].all_bytes, 18000100);
		CHECK_EQ(s->devices[0].over_ns, 2 * NS_PER_S);
	}
	sample__free(s);
	/* Nothing is held up any more. */
	CHECK_EQ(found(d, sample_at(6)), 0);
	CHECK_EQ(kernel.watched, true);
	CHECK_EQ(found(d, sample_at(5 + DEVICE_UNNEEDED_S)), 0);
	CHECK_EQ(kernel.watched, false);
	CHECK_EQ(devices__changes(d), 2);
	CHECK_EQ(found(d, held_up(50, dev, NS_PER_S)), 0);
	CHECK_EQ(kernel.watched, true);
out:
	devices__free(d);
}

TEST(what_was_written_long_ago_is_forgotten)
{
	uint32_t dev = some_disk();
	struct devices *d = dev ? counting(dev, 1) : NULL;

	for (uint64_t at = 1; d && at < 30; at++) {
		if (at == 1)
			writes_to(dev, 20, "then", 500000000);
		else
			writes_to(dev, 21, "now", 2000000);
		CHECK_EQ(found(d, held_up(at, dev, NS_PER_S)), at < 20 ? 20 : 21);
	}
	devices__free(d);
}

TEST(slow_calls_begin_the_count_too)
{
	uint32_t dev = some_disk();
	struct devices *d = devices__new(NULL);

	memset(&kernel, 0, sizeof(kernel));
	for (uint64_t i = 0; dev && i < 4; i++) {
		struct sample *s = sample_at(i + 1);
		struct sample_file *f;

		add_process(s, 10, 1);
		f = add_file(s, 10);
		f->key.dev = dev;
		/* A tenth of the second, from the third sample on; before it was less. */
		f->slow_syncs.count = i;
		f->slow_syncs.parts[STALL_DISK] = i < 2 ? i * 99000000 : 99000000 + (i - 1) * 100000000;
		if (i == 3)
			writes_to(dev, 20, "dd", 3000000);
		CHECK_EQ(found(d, s), i == 3 ? 20 : 0);
		CHECK_EQ(kernel.watched, i >= 2);
	}
	devices__free(d);
}

TEST(nobody_is_named_who_may_not_have_written_most)
{
	uint32_t dev = some_disk();

	for (int i = 0; dev && i < 6; i++) {
		struct devices *d = counting(dev, 1);

		writes_to(dev, 20, "dd", i == 1 ? 999999 : 5000000);
		if (i == 2) /* the kernel for somebody, as an NFS server's journal */
			writes_to(dev, 0, "", 5000001);
		if (i == 3)
			kernel.lost = 5000001;
		if (i == 4)
			kernel.rows[0].pid = 0; /* of another PID namespace */
		if (i == 5)
			writes_to(dev, 0, "", 4000000);
		CHECK_EQ(found(d, held_up(1, dev, NS_PER_S)), i == 0 || i == 5 ? 20 : 0);
		devices__free(d);
	}
}

TEST(a_kernel_without_the_hooks_is_asked_once)
{
	uint32_t dev = some_disk();
	struct devices *d = devices__new(NULL);

	memset(&kernel, 0, sizeof(kernel));
	kernel.refuses = true;
	for (uint64_t i = 1; dev && i < 4; i++)
		CHECK_EQ(found(d, held_up(i, dev, NS_PER_S)), 0);
	CHECK_EQ(kernel.asked, dev ? 1 : 0);
	CHECK_EQ(devices__changes(d), 0);
	devices__free(d);
}

/* ---- what is said ------------------------------------------------------------------------ */

static struct sample *busy(pid_t pid, uint64_t bytes, uint64_t all)
{
	struct sample *s = held_up(1, 0x800001, 2 * NS_PER_S);

	model = model_with_base(sample_at(0));
	s->threads[0].kind = WAIT_FSYNC;
	s->devices = calloc(1, sizeof(*s->devices));
	s->devices[0] = (struct sample_device){.dev = 0x800001,
					       .disk = "sda",
					       .pid = pid,
					       .comm = "dd",
					       .bytes = bytes,
					       .all_bytes = all,
					       .over_ns = 4 * NS_PER_S};
	s->device_count = 1;
	return s;
}

#define MIB (1024ull * 1024)

TEST(a_call_that_hangs_names_who_keeps_the_disk_busy)
{
	struct sample *s = busy(20, 400 * MIB, 440 * MIB);

	CHECK_STR(
		finding_of(s, FINDING_LOG_STALL),
		"warning: worker (11) has been in sync(/srv/demo/log) for 2.0 s (journal commit; dd (20) has "
		"written most to this device: 100 MiB/s)");
	s = busy(20, 400 * MIB, 800 * MIB);
	CHECK_STR(
		finding_of(s, FINDING_LOG_STALL),
		"warning: worker (11) has been in sync(/srv/demo/log) for 2.0 s (journal commit; dd (20) has "
		"written most to this device: 100 MiB/s of 200 MiB/s)");
	s = busy(10, 400 * MIB, 400 * MIB);
	CHECK_STR(
		finding_of(s, FINDING_LOG_STALL),
		"warning: worker (11) has been in sync(/srv/demo/log) for 2.0 s (journal commit; dd (10) has "
		"itself written most to this device: 100 MiB/s)");
	/* Another device's; and a call that waits for something else. */
	s = busy(20, 400 * MIB, 400 * MIB);
	s->devices[0].dev++;
	CHECK_STR(finding_of(s, FINDING_LOG_STALL),
		  "warning: worker (11) has been in sync(/srv/demo/log) for 2.0 s (journal commit)");
	s = busy(20, 400 * MIB, 400 * MIB);
	s->threads[0].kernel_stack.count = 0;
	CHECK(!strstr(finding_of(s, FINDING_LOG_STALL), "written most"));
}

TEST(a_convoy_ends_in_who_keeps_the_disk_busy)
{
	struct sample *s = busy(20, 400 * MIB, 400 * MIB);

	s->threads[0].syscall = 74; /* fsync */
	s->threads[0].path = "/srv/demo/log";
	s->threads[0].blocked_ns = 2 * NS_PER_S;
	add_lock(s, 10, 0x1000, 0x1000)->owner_tid = 11;
	add_waiter(s, 10, 12, 0x1000, 11);
	add_waiter(s, 10, 13, 0x1000, 11);
	CHECK(strstr(finding_of(s, FINDING_LOCK_CONVOY),
		     ", held by worker (11), which has been in fsync(/srv/demo/log) for 2.0 s (dd (20) has "
		     "written "
		     "most to this device: 100 MiB/s)"));
}

TEST(slow_calls_name_who_keeps_the_disk_busy)
{
	static const struct sample_slow slowest = {
		.epoch = 1,
		.call = {.sync = true, .syscall = "fdatasync", .name = "writer", .tid = 11, .ns = 60000000}};

	for (int i = 0; i < 2; i++) {
		struct sample *s = busy(20, 400 * MIB, 400 * MIB);
		struct slow_calls *c = &s->files[0].slow_syncs;

		s->thread_count = 0;
		s->files[0].totals.fd = 3;
		syncs(s, 3, 30000000);
		c->count = 3;
		c->ns = 200000000;
		c->parts[i ? STALL_LOCK : STALL_DISK] = 160000000;
		s->files[0].slowest = s->files[0].slowest_lately = &slowest;
		CHECK_STR(
			finding_of(s, FINDING_LOG_STALL),
			i ? "warning: 3 slow calls on /srv/demo/log took 200 ms in total, mostly the file's "
			    "lock; "
			    "the slowest, fdatasync by writer (11), took 60 ms"
			  : "warning: 3 slow calls on /srv/demo/log took 200 ms in total, mostly disk; the "
			    "slowest, fdatasync by writer (11), took 60 ms; dd (20) has written most to this "
			    "device: 100 MiB/s");
	}
}

TEST(a_writer_without_a_time_has_no_rate)
{
	struct device_writer_row w = {
		.name = "a\x1b[2J", .pid = 7, .bytes = UINT64_MAX, .all_bytes = UINT64_MAX};
	char text[DESCRIBE_WAIT];

	CHECK_STR(describe_device_writer(text, sizeof(text), &w, 1),
		  "a\x1b[2J (7) has written most to this device: 0 B/s");
	w.over_ns = 1;
	CHECK(strstr(describe_device_writer(text, sizeof(text), &w, 1), "PiB/s"));
	CHECK(strlen(describe_device_writer(text, 12, &w, 1)) < 12);
	CHECK_STR(describe_device_writer(text, sizeof(text), NULL, 1), "");
}

TEST_MAIN
