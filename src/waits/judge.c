// SPDX-License-Identifier: GPL-2.0-or-later
#include "waits/judge.h"

#include <string.h>

#include "util/text.h"
#include "waits/event_loop.h"
#include "waits/name_words.h"
#include "waits/library_frame.h"
#include "waits/pattern.h"
#include "waits/wait.h"

/* Frames below the C library's in which a name may say what the thread waits for. */
#define NAMED_DEPTH 4

static struct wait_judgement by_call(enum wait_class class, const char *what)
{
	return (struct wait_judgement){
		.class = class, .reason = WAIT_REASON_CALL, .what = what, .frame = NO_INDEX};
}

static struct wait_judgement by_frame(enum wait_class class, enum wait_reason reason, size_t frame)
{
	return (struct wait_judgement){.class = class, .reason = reason, .frame = frame};
}

/* ---- by the call ------------------------------------------------------------------ */

/* The kernel's own threads for requests of io_uring, in the process that made the ring. */
static bool is_ring_worker(const struct wait_case *c)
{
	return c->syscall < 0 && c->state != 'D' && !c->user->count &&
	       (starts_with(c->name, "iou-wrk-") || starts_with(c->name, "iou-sqp-"));
}

/* Whether the call alone decides. */
static bool judge_call(const struct wait_case *c, struct wait_judgement *ret)
{
	switch (c->kind) {
	case WAIT_MUTEX:
	case WAIT_RWLOCK_READ:
	case WAIT_RWLOCK_WRITE:
	case WAIT_BARRIER:
	case WAIT_JOIN:
	case WAIT_WRITE:
	case WAIT_FSYNC:
	case WAIT_CONNECT:
	case WAIT_CHILD:
	case WAIT_PAGE_FAULT:
	case WAIT_STOPPED:
	case WAIT_FILE_LOCK:
	case WAIT_MESSAGE_SEND:
		*ret = by_call(WAIT_CLASS_BLOCKED, NULL);
		return true;
	default:
		break;
	}
	if (c->state == 'D' || c->as_lock || c->unanswered || c->fifo == FIFO_FOR_WRITING)
		*ret = by_call(WAIT_CLASS_BLOCKED, NULL);
	else if (c->fifo == FIFO_FOR_READING) /* as a server's for its clients, or not */
		*ret = by_call(WAIT_CLASS_UNKNOWN, "a process to open the FIFO for writing");
	else if (is_ring_worker(c))
		*ret = by_call(WAIT_CLASS_IDLE, "the next request of an io_uring");
	else
		return false;
	return true;
}

/* ---- by the functions ------------------------------------------------------------- */

/* Waits that a program's own lock or queue may be built of. Reading is not: what comes is not known. */
static bool is_plain(enum wait_kind kind)
{
	return kind == WAIT_CONDVAR || kind == WAIT_SEMAPHORE || kind == WAIT_FUTEX || kind == WAIT_POLL ||
	       kind == WAIT_SLEEP;
}

/* What a stop of a Java virtual machine is for. */
static const char *what_of(const struct wait_case *c, const struct wait_pattern *p)
{
	if (c->collecting && (same_text(p->what, WAIT_SAFEPOINT) || same_text(p->what, WAIT_JVM_OPERATION)))
		return "a garbage collection to end";
	return p->what;
}

/* In the module of SimpleQueue, whose functions may have no names: it waits for items alone. */
static bool of_simple_queue(const struct frame *f)
{
	return f->module && starts_with(path_basename(f->module), "_queue.");
}

/* A Lock is also what a Condition of Python, a SimpleQueue and Thread.join wait with: their caller says what
 * for. */
static void judge_python_lock(const struct wait_case *c, struct wait_judgement *j)
{
	const struct call_stack *s = c->user;
	const struct frame *inner[2] = {NULL, NULL};
	bool queue = false;
	size_t count = 0;

	for (size_t i = 0; i < s->count && count < 2; i++) {
		if (frame__of_interpreter(&s->frames[i]))
			inner[count++] = &s->frames[i];
		queue = queue || (!count && of_simple_queue(&s->frames[i]));
	}
	if (count == 2 && frame__is_python(inner[0], "threading.py", "wait"))
		queue = queue || frame__is_python(inner[1], "queue.py", "get");
	if (queue) {
		j->class = WAIT_CLASS_IDLE;
		j->what = "the next item of a queue of Python";
	} else if (count && frame__is_python(inner[0], "threading.py", "_wait_for_tstate_lock")) {
		j->class = WAIT_CLASS_BLOCKED;
		j->what = "the end of a Thread of Python";
	} else if (c->same_word > 1) {
		j->class = WAIT_CLASS_BLOCKED;
		j->on_lock = true;
	}
}

static struct wait_judgement of_pattern(const struct wait_case *c, const struct wait_pattern *p, size_t frame)
{
	static const enum wait_class CLASSES[] = {
		[PATTERN_LOCK] = WAIT_CLASS_BLOCKED,   [PATTERN_HELD] = WAIT_CLASS_BLOCKED,
		[PATTERN_IDLE] = WAIT_CLASS_IDLE,      [PATTERN_OPEN] = WAIT_CLASS_UNKNOWN,
		[PATTERN_SHARED] = WAIT_CLASS_UNKNOWN,
	};
	struct wait_judgement j = by_frame(CLASSES[p->class], WAIT_REASON_FUNCTION, frame);

	j.what = what_of(c, p);
	j.on_lock = p->class == PATTERN_LOCK && is_plain(c->kind);
	if (p->class == PATTERN_SHARED)
		judge_python_lock(c, &j);
	return j;
}

/* Nothing but the library's frames and the thread's start lie beyond, and the stack is complete. */
static bool is_outermost(const struct call_stack *s, size_t at)
{
	for (size_t i = at + 1; i < s->count; i++)
		if (!frame__of_c_library(&s->frames[i]))
			return false;
	return s->end == STACK_COMPLETE;
}

/* By the first name that says more than that it waits. A function without a name may be anything. */
static struct wait_judgement judge_names(const struct wait_case *c)
{
	const struct call_stack *s = c->user;
	const struct wait_judgement unknown = by_frame(WAIT_CLASS_UNKNOWN, WAIT_REASON_NOTHING, NO_INDEX);
	enum name_says says = NAME_SAYS_WAIT;
	size_t seen = 0, at = NO_INDEX;

	for (size_t i = 0; i < s->count && seen < NAMED_DEPTH && says == NAME_SAYS_WAIT; i++) {
		if (frame__of_c_library(&s->frames[i]))
			continue;
		if (!s->frames[i].function)
			return unknown;
		says = name__says(s->frames[i].function);
		at = i;
		seen++;
	}
	if (at == NO_INDEX || !is_plain(c->kind))
		return unknown;
	if (says == NAME_SAYS_LOCK) {
		struct wait_judgement j = by_frame(WAIT_CLASS_BLOCKED, WAIT_REASON_NAME, at);

		j.on_lock = true;
		return j;
	}
	if (says == NAME_SAYS_WORK)
		return by_frame(WAIT_CLASS_POOL, WAIT_REASON_NAME, at);
	if (is_outermost(s, at))
		return by_frame(WAIT_CLASS_POOL, WAIT_REASON_SHALLOW, at);
	return unknown;
}

/* Python's GIL is a mutex and condition variables in a variable of its own (Python/ceval_gil.h); the function
 * that waits for it has no name in a stripped Python. Where it or Ruby's has been read, the lock has that
 * name. NULL: it is neither.
 */
static const char *lock_by_symbol(const struct wait_case *c)
{
	if (!c->symbol)
		return NULL;
	if (c->kind == WAIT_CONDVAR)
		return starts_with(c->symbol, "_PyRuntime") ? PYTHON_GIL : NULL;
	/* GCC's word of "#pragma omp critical(NAME)"; its library may have no names. */
	if (c->kind == WAIT_FUTEX && starts_with(c->symbol, ".gomp_critical_user_"))
		return "a critical section of OpenMP";
	if (c->kind != WAIT_MUTEX)
		return NULL;
	return !strcmp(c->symbol, PYTHON_GIL) ? PYTHON_GIL : !strcmp(c->symbol, RUBY_GVL) ? RUBY_GVL : NULL;
}

/* Nothing but jemalloc is on the stack: it is jemalloc's own thread, of which a stripped library names no
 * function.
 */
static bool is_jemalloc(const struct wait_case *c)
{
	const struct call_stack *s = c->user;
	size_t own = 0;

	for (size_t i = 0; i < s->count; i++) {
		const char *file = s->frames[i].module ? path_basename(s->frames[i].module) : "";

		if (starts_with(file, "libjemalloc"))
			own++;
		else if (!frame__of_c_library(&s->frames[i]))
			return false;
	}
	return own && c->kind == WAIT_CONDVAR && s->end == STACK_COMPLETE;
}

/* The launcher of a runtime has started the thread of the program, and has nothing else to do. */
static bool joins_idly(const struct wait_case *c, const struct wait_pattern *p)
{
	return c->kind == WAIT_JOIN && p && p->class == PATTERN_IDLE;
}

/* ---- all of it -------------------------------------------------------------------- */

static struct wait_judgement judge_wait(const struct wait_case *c)
{
	const char *by_symbol = lock_by_symbol(c);
	const struct wait_pattern *pattern;
	struct wait_judgement j;
	size_t frame;

	if (by_symbol) {
		j = by_call(WAIT_CLASS_BLOCKED, by_symbol);
		j.on_lock = true;
		return j;
	}
	pattern = wait_pattern__find(c->user, &frame);
	if (judge_call(c, &j) && !joins_idly(c, pattern))
		return j;
	if (c->request && c->kind == WAIT_POLL)
		return (struct wait_judgement){.class = WAIT_CLASS_BLOCKED,
					       .reason = WAIT_REASON_REQUEST,
					       .what = "a write or sync that it submitted by io_uring",
					       .frame = NO_INDEX};
	if (is_jemalloc(c))
		return by_call(WAIT_CLASS_IDLE, "the next purge of jemalloc");
	/* Go's own locks are of goroutines. */
	if (!pattern && c->go && c->kind == WAIT_FUTEX)
		return by_call(WAIT_CLASS_POOL, "the Go runtime parks threads without work in a futex");
	j = pattern ? of_pattern(c, pattern, frame) : judge_names(c);
	if (c->resolves && j.class != WAIT_CLASS_BLOCKED)
		return by_call(WAIT_CLASS_BLOCKED, "a name server");
	if (c->behind && j.class != WAIT_CLASS_BLOCKED) {
		j.for_work = wait_class__at_rest(j.class) && j.reason != WAIT_REASON_SHALLOW;
		j.class = WAIT_CLASS_BLOCKED;
		j.reason = WAIT_REASON_BEHIND;
	}
	if (j.class != WAIT_CLASS_UNKNOWN || pattern)
		return j;
	if (c->kind == WAIT_ACCEPT || c->kind == WAIT_SIGNAL)
		return by_call(WAIT_CLASS_IDLE, NULL);
	if (c->kind == WAIT_READ)
		return by_call(WAIT_CLASS_UNKNOWN, "data to read");
	if (c->kind == WAIT_SYSV_SEMAPHORE)
		return by_call(WAIT_CLASS_UNKNOWN, "a semaphore of System V");
	if (!c->user->count && c->syscall >= 0)
		j.reason = WAIT_REASON_NO_STACK;
	return j;
}

/* A loop that cannot go on is held up, whatever is waited for. Where that is not known, the call says it. */
struct wait_judgement wait__judge(const struct wait_case *c)
{
	struct wait_judgement j = judge_wait(c);
	const char *loop;
	size_t frame = NO_INDEX;

	loop = c->kind == WAIT_STOPPED ? NULL : event_loop__held_up(c->user, c->kind == WAIT_POLL, &frame);
	if (j.class == WAIT_CLASS_IDLE && j.frame == frame)
		loop = NULL; /* it waits itself */
	if (loop && j.class != WAIT_CLASS_BLOCKED) {
		if (j.class == WAIT_CLASS_UNKNOWN || j.reason != WAIT_REASON_FUNCTION)
			j = by_call(WAIT_CLASS_BLOCKED, NULL);
		j.class = WAIT_CLASS_BLOCKED;
	}
	j.event_loop = loop;
	return j;
}
