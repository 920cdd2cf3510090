// SPDX-License-Identifier: GPL-2.0-or-later
#include "model/rows/order.h"

#include <string.h>

#include "thresholds.h"

/* ---- threads and processes -------------------------------------------------------- */

/* Blocked ones, those with nothing to do, running ones. */
static int place(const struct thread_row *t)
{
	if (!t->blocked)
		return 2;
	return wait_class__at_rest(t->wait.class);
}

int order__by_wait(const void *a, const void *b)
{
	const struct thread_row *x = a, *y = b;
	int cx = place(x), cy = place(y);

	if (cx != cy)
		return cx - cy;
	if (x->wait.duration_ns != y->wait.duration_ns)
		return x->wait.duration_ns > y->wait.duration_ns ? -1 : 1;
	if (x->pid != y->pid)
		return x->pid < y->pid ? -1 : 1;
	return x->tid < y->tid ? -1 : x->tid > y->tid;
}

/* How much it slows a machine down, in thread-seconds: those on a CPU, and for storage the longer of those in
 * state D and those that its reads keep a disk busy (asynchronous ones have the latter alone). Not by the
 * pages that it made dirty: the kernel counts large ones whole, 256 KiB for a write of 8. Who writes more
 * than the disk takes is held up in state D. */
static double load(const struct process_row *p)
{
	double disk = p->storage_known ? (double)p->read_bytes * 1e9 / DISK_BYTES_PER_S : 0;
	double d = p->d_known && !p->stop.by ? (double)p->d_ns : 0;

	return (double)p->cpu_ns + (d > disk ? d : disk);
}

int order__by_load(const void *a, const void *b)
{
	const struct process_row *x = a, *y = b;
	double of_x = load(x), of_y = load(y);

	if (of_x > of_y || of_x < of_y)
		return of_x > of_y ? -1 : 1;
	return x->pid < y->pid ? -1 : x->pid > y->pid;
}

int order__by_alive(const void *a, const void *b)
{
	const struct creator_row *x = a, *y = b;

	if (x->alive != y->alive)
		return x->alive > y->alive ? -1 : 1;
	if (x->created != y->created)
		return x->created > y->created ? -1 : 1;
	if (x->pid != y->pid)
		return x->pid < y->pid ? -1 : 1;
	return x->id < y->id ? -1 : x->id > y->id;
}

int order__by_size(const void *a, const void *b)
{
	const struct stack_group *x = a, *y = b;
	bool ix = x->one->blocked && wait_class__at_rest(x->one->wait.class);
	bool iy = y->one->blocked && wait_class__at_rest(y->one->wait.class);

	if (x->count != y->count)
		return x->count > y->count ? -1 : 1;
	if (ix != iy)
		return ix - iy;
	return x->tids[0] < y->tids[0] ? -1 : x->tids[0] > y->tids[0];
}

/* ---- locks ------------------------------------------------------------------------ */

int order__by_time_waited(const void *a, const void *b)
{
	const struct lock_row *x = a, *y = b;

	if (x->wait_ns != y->wait_ns)
		return x->wait_ns > y->wait_ns ? -1 : 1;
	if (x->pid != y->pid)
		return x->pid < y->pid ? -1 : 1;
	return x->address < y->address ? -1 : x->address > y->address;
}

int order__by_waiters(const void *a, const void *b)
{
	const struct lock_row *x = a, *y = b;

	if (x->waiter_count != y->waiter_count)
		return x->waiter_count > y->waiter_count ? -1 : 1;
	return x->address < y->address ? -1 : x->address > y->address;
}

/* ---- files ------------------------------------------------------------------------ */

int order__by_bytes_written(const void *a, const void *b)
{
	const struct file_row *x = a, *y = b;

	if (x->oldest_in_flight_ns / 1000000000 != y->oldest_in_flight_ns / 1000000000)
		return x->oldest_in_flight_ns > y->oldest_in_flight_ns ? -1 : 1;
	if (x->bytes != y->bytes)
		return x->bytes > y->bytes ? -1 : 1;
	if (x->pid != y->pid)
		return x->pid < y->pid ? -1 : 1;
	if (x->fd != y->fd)
		return x->fd < y->fd ? -1 : 1;
	return strcmp(x->path, y->path);
}

static unsigned power(uint64_t ns)
{
	return ns ? 64 - (unsigned)__builtin_clzll(ns) : 0;
}

static uint64_t worst(const struct latency_row *writes, const struct latency_row *syncs, uint64_t in_flight)
{
	uint64_t ns = writes->max_ns > syncs->max_ns ? writes->max_ns : syncs->max_ns;

	return ns > in_flight ? ns : in_flight;
}

/* What is sent to clients is of interest here only where it is slow. */
static bool is_aside(const struct file_row *f, uint64_t worst_ns)
{
	return worst_ns < NS_OF_MS(SLOW_CONNECTION_MS) && f->connection;
}

/* Of connections, those that failed are shown before those that went well. */
static bool failed(const struct file_row *f)
{
	return f->errors + f->fsync_errors > 0;
}

/* By powers of two, so that rows of like speed do not change places all the time. */
static int by_worst(const struct file_row *x, const struct file_row *y)
{
	uint64_t x_ns = worst(&x->writes, &x->fsyncs, x->oldest_in_flight_ns);
	uint64_t y_ns = worst(&y->writes, &y->fsyncs, y->oldest_in_flight_ns);
	unsigned a = power(x_ns), b = power(y_ns);

	if (is_aside(x, x_ns) != is_aside(y, y_ns))
		return is_aside(x, x_ns) ? 1 : -1;
	if (is_aside(x, x_ns) && failed(x) != failed(y))
		return failed(x) ? -1 : 1;
	if (a != b)
		return a > b ? -1 : 1;
	a = power(worst(&x->detail->total_writes, &x->detail->total_fsyncs, 0));
	b = power(worst(&y->detail->total_writes, &y->detail->total_fsyncs, 0));
	return a == b ? 0 : a > b ? -1 : 1;
}

int order__by_worst_call(const void *a, const void *b)
{
	const struct file_row *x = a, *y = b;
	int order = by_worst(x, y);

	if (order)
		return order;
	if (x->detail->total_bytes != y->detail->total_bytes)
		return x->detail->total_bytes > y->detail->total_bytes ? -1 : 1;
	if (x->pid != y->pid)
		return x->pid < y->pid ? -1 : 1;
	if (x->fd != y->fd)
		return x->fd < y->fd ? -1 : 1;
	return strcmp(x->path, y->path);
}

/* ---- timed calls ------------------------------------------------------------------ */

int order__by_time_in_calls(const void *a, const void *b)
{
	const struct timed_row *x = a, *y = b;
	int by_text;

	if (x->for_input != y->for_input)
		return x->for_input ? 1 : -1;
	if (x->ns != y->ns)
		return x->ns > y->ns ? -1 : 1;
	if (x->pid != y->pid)
		return x->pid < y->pid ? -1 : 1;
	by_text = strcmp(x->call, y->call);
	if (!by_text)
		by_text = strcmp(x->path ? x->path : "", y->path ? y->path : "");
	return by_text ? by_text : (x->place > y->place) - (x->place < y->place);
}
