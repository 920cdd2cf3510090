// SPDX-License-Identifier: GPL-2.0-or-later
/* Formats: include/uapi/linux/perf_event.h, PERF_RECORD_SAMPLE */
#include "probes/ticks.h"

#include <errno.h>
#include <linux/perf_event.h>
#include <poll.h>
#include <stdlib.h>
#include <string.h>
#include <sys/ioctl.h>
#include <sys/mman.h>
#include <sys/syscall.h>
#include <time.h>
#include <unistd.h>

#include "probes/ticks_registers.h"
#include "util/clock.h"
#include "util/heap.h"

#define PERIOD_NS 100000 /* until the sample */
#define AGAIN_NS  500000 /* before the next try for threads that had no CPU */
/* One sample with its stack and registers, and room for a throttling record; the ring is empty before each.
 */
#define RING_BYTES 32768

struct cpu {
	int number;
	int fd;     /* -1: it cannot be sampled */
	void *ring; /* a page of head, then RING_BYTES */
	bool armed; /* one sample is pending */
};

struct ticks {
	struct cpu cpus[TICKS_CPUS_MAX];
	size_t count;
	int error; /* the error of the last CPU that could not be sampled */
	struct tick_thread *threads;
	size_t thread_count;
	const struct tick_sink *sink;
	uint8_t record[RING_BYTES];
};

/* ---- events ---------------------------------------------------------------------- */

static size_t page(void)
{
	return (size_t)sysconf(_SC_PAGESIZE);
}

static int open_event(int cpu)
{
	struct perf_event_attr attr = {
		.type = PERF_TYPE_SOFTWARE,
		.size = sizeof(attr),
		.config = PERF_COUNT_SW_CPU_CLOCK,
		.sample_period = PERIOD_NS,
		.sample_type = PERF_SAMPLE_TID | PERF_SAMPLE_REGS_USER | PERF_SAMPLE_STACK_USER,
		.sample_stack_user = TICKS_STACK_BYTES,
		.disabled = 1,
		.exclude_hv = 1,
		.wakeup_events = 1,
	};
	long fd;

	for (size_t i = 0; i < perf_register_count; i++)
		attr.sample_regs_user |= 1ull << perf_registers[i].bit;
	fd = syscall(SYS_perf_event_open, &attr, -1, cpu, -1, PERF_FLAG_FD_CLOEXEC);
	return fd < 0 ? -errno : (int)fd;
}

static int open_cpu(struct cpu *c, int number)
{
	int err;

	*c = (struct cpu){.number = number, .fd = open_event(number)};
	if (c->fd < 0)
		return c->fd;
	c->ring = mmap(NULL, page() + RING_BYTES, PROT_READ | PROT_WRITE, MAP_SHARED, c->fd, 0);
	if (c->ring != MAP_FAILED)
		return 0;
	err = -errno;
	close(c->fd);
	c->fd = -1;
	return err;
}

static void close_cpu(struct cpu *c)
{
	if (c->fd < 0)
		return;
	munmap(c->ring, page() + RING_BYTES);
	close(c->fd);
}

static struct cpu *find_cpu(struct ticks *t, int number)
{
	struct cpu *c;
	int err;

	for (size_t i = 0; i < t->count; i++)
		if (t->cpus[i].number == number)
			return &t->cpus[i];
	if (t->count == TICKS_CPUS_MAX)
		return NULL;
	c = &t->cpus[t->count++];
	err = open_cpu(c, number);
	t->error = err ? err : t->error;
	return c;
}

/* ---- samples --------------------------------------------------------------------- */

/* Takes the oldest record from the ring. False: the ring is empty. */
static bool take_record(struct ticks *t, const struct cpu *c, struct perf_event_header *ret)
{
	struct perf_event_mmap_page *head = c->ring;
	const uint8_t *data = (const uint8_t *)c->ring + page();
	uint64_t end = __atomic_load_n(&head->data_head, __ATOMIC_ACQUIRE), at = head->data_tail, size;

	/* Records are multiples of 8 bytes, so a header never wraps. */
	if (end - at < sizeof(*ret) || end - at > RING_BYTES)
		return false;
	memcpy(ret, data + at % RING_BYTES, sizeof(*ret));
	if (ret->size < sizeof(*ret) || ret->size > end - at)
		return false;
	size = RING_BYTES - at % RING_BYTES;
	size = size < ret->size ? size : ret->size;
	memcpy(t->record, data + at % RING_BYTES, size);
	memcpy(t->record + size, data, ret->size - size);
	__atomic_store_n(&head->data_tail, at + ret->size, __ATOMIC_RELEASE);
	return true;
}

/* u64 ABI; the registers if it is not 0; u64 size; bytes; u64 number of valid bytes, if size is not 0 */
static void hand_out(struct ticks *t, size_t thread, const uint8_t *at, size_t len)
{
	size_t need = 8 + perf_register_count * 8 + 8;
	struct ts_regs regs = {};
	uint64_t abi, size, valid;

	if (len < need)
		return;
	memcpy(&abi, at, 8);
	if (abi != PERF_SAMPLE_REGS_ABI_64)
		return; /* no user code, or other registers */
	for (size_t i = 0; i < perf_register_count; i++)
		memcpy(&regs.r[perf_registers[i].dwarf], at + 8 + 8 * i, 8);
	memcpy(&size, at + need - 8, 8);
	if (!size || size > len - need || len - need - size < 8)
		return;
	memcpy(&valid, at + need + size, 8);
	t->threads[thread].over = true;
	t->sink->sample(t->sink->arg, thread, &regs, at + need, valid < size ? valid : size);
}

static void take_samples(struct ticks *t, struct cpu *c)
{
	struct perf_event_header h;
	uint32_t tid;

	while (take_record(t, c, &h)) {
		if (h.type != PERF_RECORD_SAMPLE || h.size < sizeof(h) + 8)
			continue;
		c->armed = false;
		memcpy(&tid, t->record + sizeof(h) + 4, 4);
		for (size_t i = 0; i < t->thread_count; i++)
			if ((uint32_t)t->threads[i].tid == tid && !t->threads[i].over)
				hand_out(t, i, t->record + sizeof(h) + 8, h.size - sizeof(h) - 8);
	}
}

/* ---- rounds ---------------------------------------------------------------------- */

/* One sample of each CPU with a thread that has no sample yet. Returns whether such threads remain. */
static bool arm(struct ticks *t)
{
	bool left = false;

	for (size_t i = 0; i < t->thread_count; i++) {
		int number = t->threads[i].over ? -1 : t->sink->cpu_of(t->sink->arg, t->threads[i].tid);
		struct cpu *c = number < 0 ? NULL : find_cpu(t, number);

		if (!c || c->fd < 0) {
			t->threads[i].over = true;
			continue;
		}
		left = true;
		if (!c->armed && ioctl(c->fd, PERF_EVENT_IOC_REFRESH, 1) == 0)
			c->armed = true;
	}
	return left;
}

/* Waits until every CPU has delivered its sample, or the time is over. */
static void wait_armed(struct ticks *t, uint64_t until_ns)
{
	struct pollfd fds[TICKS_CPUS_MAX];

	for (;;) {
		uint64_t now = monotonic_ns();
		struct timespec left = {0};
		nfds_t count = 0;

		for (size_t i = 0; i < t->count; i++) {
			take_samples(t, &t->cpus[i]);
			if (t->cpus[i].armed)
				fds[count++] = (struct pollfd){.fd = t->cpus[i].fd, .events = POLLIN};
		}
		if (!count || now >= until_ns)
			return;
		left.tv_nsec = (long)(until_ns - now < 999999999 ? until_ns - now : 999999999);
		if (ppoll(fds, count, &left, NULL) < 0 && errno != EINTR)
			return;
	}
}

static bool all_over(const struct ticks *t)
{
	for (size_t i = 0; i < t->thread_count; i++)
		if (!t->threads[i].over)
			return false;
	return true;
}

int ticks__take(struct tick_thread *threads, size_t count, uint64_t wait_ns, const struct tick_sink *sink)
{
	uint64_t until = monotonic_ns() + wait_ns;
	const struct timespec pause = {.tv_nsec = AGAIN_NS};
	struct ticks *t = HEAP_NEW(struct ticks, 1);
	int err = 0;

	t->threads = threads;
	t->thread_count = count;
	t->sink = sink;
	while (arm(t)) {
		wait_armed(t, until);
		if (all_over(t) || monotonic_ns() >= until)
			break;
		nanosleep(&pause, NULL);
	}
	for (size_t i = 0; i < t->count; i++)
		err = t->cpus[i].fd < 0 ? err : 1;
	err = t->count && !err ? t->error : 0;
	for (size_t i = 0; i < t->count; i++)
		close_cpu(&t->cpus[i]);
	free(t);
	return err;
}

int ticks__try(void)
{
	struct cpu c;
	unsigned number = 0;
	int err;

	syscall(SYS_getcpu, &number, NULL, NULL);
	err = open_cpu(&c, (int)number);
	if (!err)
		close_cpu(&c);
	return err;
}
