// SPDX-License-Identifier: GPL-2.0-or-later
/* Why a thread does not run although nothing that it does keeps it. */
#include "words/describe.h"

#include <inttypes.h>
#include <string.h>

#include "util/append.h"
#include "util/duration.h"
#include "waits/wait.h"

#define SHOWN_FRAMES 2 /* of a running thread */

static void put_quota(char *dst, size_t size, size_t *used, const struct halt *h)
{
	char period[DURATION_TEXT];

	append(dst, size, used, "its cgroup%s%s may use %.2f CPUs", h->cgroup ? " " : "",
	       h->cgroup ? h->cgroup : "", (double)h->quota_ns / (double)h->period_ns);
	if (h->throttled && h->throttled <= h->periods)
		append(dst, size, used, " and was %sthrottled in %" PRIu64 " of %" PRIu64 " periods of %s",
		       h->counted_so_far ? "so far " : "", h->throttled, h->periods,
		       duration_format(period, sizeof(period), h->period_ns));
}

char *describe_quota(char *dst, size_t size, const struct halt *h)
{
	size_t used = 0;

	*dst = '\0';
	put_quota(dst, size, &used, h);
	return dst;
}

/* " (SCHED_IDLE; burner (1234) has CPU 1)" */
static void put_competition(char *dst, size_t size, size_t *used, const struct halt *h)
{
	bool idle = h->policy && !strcmp(h->policy, "SCHED_IDLE"), rival = h->by_tid > 0;
	char name[DESCRIBE_NAME];
	const char *before = " (";

	if (idle || h->nice) {
		append(dst, size, used, idle ? "%sSCHED_IDLE" : "%snice %d", before, h->nice);
		before = "; ";
	}
	if (rival && h->cpu >= 0) {
		append(dst, size, used, "%s%s has CPU %d", before,
		       describe_thread(name, sizeof(name), h->by_name, h->by_tid), h->cpu);
		before = "; ";
	}
	if (*before == ';')
		append(dst, size, used, ")");
}

/* "runnable, but throttled for 45 ms" */
static void put_state(char *dst, size_t size, size_t *used, const struct halt *h)
{
	char time[DURATION_TEXT];

	append(dst, size, used, "runnable, but %s for %s",
	       h->reason == HALT_THROTTLED ? "throttled" : "without a CPU",
	       duration_format(time, sizeof(time), h->duration_ns));
	if (h->reason != HALT_THROTTLED)
		put_competition(dst, size, used, h);
}

/* Also of a thread that runs at the moment, or waits for its turn, if most periods end before it is done. */
static void put_cause(char *dst, size_t size, size_t *used, const struct halt *h)
{
	if (!h->quota_ns || (h->reason != HALT_THROTTLED && h->throttled * 2 <= h->periods))
		return;
	append(dst, size, used, h->reason == HALT_THROTTLED ? ": " : "; ");
	put_quota(dst, size, used, h);
}

char *describe_halt(char *dst, size_t size, const struct halt *h)
{
	size_t used = 0;

	*dst = '\0';
	put_state(dst, size, &used, h);
	put_cause(dst, size, &used, h);
	return dst;
}

char *describe_running(char *dst, size_t size, const struct thread_row *t)
{
	struct call_stack seen = t->stack;
	bool dead = wait__ended(t->state);
	char stack[DESCRIBE_WAIT];
	size_t used = 0;

	*dst = '\0';
	seen.end = seen.sampled; /* how the walk ended, not that the thread runs */
	if (!dead && t->halt.reason)
		put_state(dst, size, &used, &t->halt);
	else
		append(dst, size, &used, "%s", dead ? "dead" : "running");
	if (t->stack.sampled)
		append(dst, size, &used, ", seen in %s",
		       describe_creator(stack, sizeof(stack), &seen, SHOWN_FRAMES));
	if (!dead)
		put_cause(dst, size, &used, &t->halt);
	return dst;
}

char *describe_stopper(char *dst, size_t size, const struct halt *h)
{
	char name[DESCRIBE_NAME];
	size_t used = 0;

	*dst = '\0';
	if (h->reason == HALT_FROZEN)
		append(dst, size, &used, "by its cgroup%s%s", h->cgroup ? " " : "",
		       h->cgroup ? h->cgroup : "");
	else if (h->reason == HALT_TRACED && h->by_tid > 0)
		append(dst, size, &used, "by the tracer %s",
		       describe_thread(name, sizeof(name), h->by_name, h->by_tid));
	else if (h->reason == HALT_TRACED)
		append(dst, size, &used, "by a debugger or tracer");
	else if (h->reason == HALT_STOPPED && h->signal)
		append(dst, size, &used, "by %s", h->signal);
	else if (h->reason == HALT_STOPPED)
		append(dst, size, &used, "by a signal");
	return dst;
}

char *describe_sleep(char dst[DESCRIBE_NAME], const struct thread_row *t)
{
	size_t used = 0;

	*dst = '\0';
	if (t->blocked && t->state == 'D' && t->wait.kernel_function && *t->wait.kernel_function)
		append(dst, DESCRIBE_NAME, &used, " (D in %.200s)", t->wait.kernel_function);
	return dst;
}

char *describe_memory(char *dst, size_t size, const struct halt *h)
{
	char limit[DURATION_TEXT];
	size_t used = 0;

	*dst = '\0';
	if (h->reason == HALT_MEMORY)
		append(dst, size, &used, " (its cgroup%s%s uses all the memory that it may, %s)",
		       h->cgroup ? " " : "", h->cgroup ? h->cgroup : "",
		       bytes_format(limit, sizeof(limit), h->memory_limit));
	return dst;
}

const char *describe_way_out(const struct halt *h)
{
	if (h->reason == HALT_FROZEN)
		return " (docker pause, systemctl freeze)";
	return h->reason == HALT_STOPPED ? "; SIGCONT continues it" : "";
}

char *describe_stop(char *dst, size_t size, const struct stop_row *stop)
{
	static const enum halt_reason REASONS[STOP_CAUSES] = {
		[STOP_SIGNAL] = HALT_STOPPED, [STOP_TRACER] = HALT_TRACED, [STOP_CGROUP] = HALT_FROZEN};
	char time[DURATION_TEXT], by[DESCRIBE_WAIT];
	struct halt h = stop->halt;
	size_t used = 0;

	h.reason = REASONS[stop->by];
	*dst = '\0';
	append(dst, size, &used, "%s for %s, %s%s", stop->by == STOP_CGROUP ? "frozen" : "stopped",
	       duration_format(time, sizeof(time), stop->duration_ns), describe_stopper(by, sizeof(by), &h),
	       describe_way_out(&h));
	return dst;
}
