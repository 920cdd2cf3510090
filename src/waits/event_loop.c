// SPDX-License-Identifier: GPL-2.0-or-later
#include "waits/event_loop.h"

#include <string.h>

#include "util/text.h"
#include "waits/library_frame.h"
#include "waits/name_words.h"
#include "waits/pattern.h"

/* Deeper, it is not what the thread does now that holds the loop up, but all that the program is. */
#define DEPTH 192

/* The function of a loop that calls its callbacks, and those between it and the call in which the loop itself
 * waits. Names without leading underscores. */
static const struct {
	const char *function, *name;
	const char *waits[6];
} LOOPS[] = {
	/* libuv 1.44 (Node.js 18 to 20) */
	{"uv_run", "libuv", {"uv_*io_poll", "uv_*epoll_wait"}},
	/* libevent 2.1 */
	{"event_base_loop", "libevent", {"epoll_dispatch", "poll_dispatch", "select_dispatch"}},
	/* libev 4.33 */
	{"ev_run", "libev", {"epoll_poll", "poll_poll", "select_poll", "linuxaio_poll", "iouring_poll"}},
	/* Redis 7 */
	{"aeProcessEvents", "ae of Redis", {"aeApiPoll"}},
};

#define PYTHON_LOOP "asyncio"

bool frame__is_python(const struct frame *f, const char *file, const char *function)
{
	const char *dot = f->function ? strrchr(f->function, '.') : NULL;

	return frame__of_interpreter(f) && f->function && f->file && !strcmp(path_basename(f->file), file) &&
	       !strcmp(dot ? dot + 1 : f->function, function);
}

static bool same_module(const struct frame *x, const struct frame *y)
{
	return x->module && y->module && !strcmp(x->module, y->module);
}

enum goes_on {
	NOT_KNOWN,  /* its functions have no names */
	WAITS,      /* it waits for its next event */
	CALLS_BACK, /* it has called something that has not returned */
};

/* What such a frame, inside of the loop's, shows. One without a name, of the loop's own library, may be
 * anything of it. */
static enum goes_on shown_by(const struct frame *f, const struct frame *loop, const char *const *waits)
{
	const char *name = f->function ? f->function + strspn(f->function, "_") : NULL;

	if (frame__of_c_library(f))
		return NOT_KNOWN;
	if (!name)
		return loop->module && f->module && !same_module(f, loop) ? CALLS_BACK : NOT_KNOWN;
	for (; *waits; waits++)
		if (wait_pattern__matches(*waits, name))
			return WAITS;
	return name__says(name) == NAME_SAYS_WAIT && same_module(f, loop) ? NOT_KNOWN : CALLS_BACK;
}

static enum goes_on does(const struct call_stack *s, size_t at, const char *const *waits)
{
	enum goes_on found = NOT_KNOWN;

	for (size_t i = 0; i < at && found != CALLS_BACK; i++) {
		enum goes_on shown = shown_by(&s->frames[i], &s->frames[at], waits);

		found = shown > found ? shown : found;
	}
	return found;
}

/* asyncio calls all callbacks, and so all coroutines, by Handle._run. */
static enum goes_on does_of_python(const struct call_stack *s, size_t at)
{
	for (size_t i = 0; i < at; i++)
		if (frame__is_python(&s->frames[i], "events.py", "_run"))
			return CALLS_BACK;
	return NOT_KNOWN;
}

/* The loop that runs in that frame, NULL: none. */
static const char *loop_at(const struct call_stack *s, size_t at, enum goes_on *ret_does)
{
	const struct frame *f = &s->frames[at];
	const char *name = f->function ? f->function + strspn(f->function, "_") : NULL;

	if (frame__is_python(f, "base_events.py", "_run_once")) {
		*ret_does = does_of_python(s, at);
		return PYTHON_LOOP;
	}
	if (!name || f->language)
		return NULL;
	for (size_t i = 0; i < sizeof(LOOPS) / sizeof(LOOPS[0]); i++) {
		if (strcmp(name, LOOPS[i].function))
			continue;
		*ret_does = does(s, at, LOOPS[i].waits);
		return LOOPS[i].name;
	}
	return NULL;
}

/* Node.js runs a loop for the child process alone that execSync waits for. */
static bool is_private(const struct call_stack *s, size_t at)
{
	return at + 1 < s->count && s->frames[at + 1].function &&
	       starts_with(s->frames[at + 1].function, "node::SyncProcessRunner::");
}

/* A Worker of Node.js may wait by Atomics.wait for its next task, as those of pools do. */
static bool is_worker_at_rest(const struct call_stack *s)
{
	bool waits = false, worker = false;

	for (size_t i = 0; i < s->count; i++) {
		const char *name = s->frames[i].function ? s->frames[i].function : "";

		waits = waits || starts_with(name, "v8::internal::FutexEmulation::Wait");
		worker = worker || starts_with(name, "node::worker::Worker::");
	}
	return waits && worker;
}

const char *event_loop__held_up(const struct call_stack *s, bool polls, size_t *ret_frame)
{
	for (size_t i = 0; i < s->count && i < DEPTH; i++) {
		enum goes_on goes_on;
		const char *name = loop_at(s, i, &goes_on);

		*ret_frame = i;
		if (name && is_private(s, i))
			polls = false;
		else if (name) /* one further out has called this one, which goes on */
			return (goes_on == CALLS_BACK || (goes_on == NOT_KNOWN && !polls)) &&
					       !is_worker_at_rest(s)
				       ? name
				       : NULL;
	}
	return NULL;
}
