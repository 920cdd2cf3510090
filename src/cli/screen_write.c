// SPDX-License-Identifier: GPL-2.0-or-later
/* What is written to a file while the screen goes on, or after it was closed. */
#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "cli/screen_run_private.h"
#include "cli/session.h"
#include "util/clock.h"
#include "util/heap.h"

#define QUICKLY_NS 200000000ull /* written within that time: nobody has to be told to wait */
#define LEAVE_NS   500000000ull /* for a file that is given up */

static const char *intervals(uint64_t count)
{
	return count == 1 ? "interval" : "intervals";
}

/* How it ended, in a sentence; the caller frees it. */
static char *result_of(struct writing *w)
{
	struct writing_state s = writing__state(w);
	const char *path = writing__path(w);

	if (!s.err)
		return heap__format("%llu %s written to %s, for 'threadscope replay'",
				    (unsigned long long)s.written, intervals(s.written), path);
	if (!s.written)
		return heap__format("cannot write '%s': %s", path, strerror(-s.err));
	return heap__format("'%s' is incomplete: at least %llu of %llu %s written: %s", path,
			    (unsigned long long)s.written, (unsigned long long)s.wanted, intervals(s.wanted),
			    s.over ? strerror(-s.err) : "given up");
}

static void forget(struct screen_run *s)
{
	loop__remove(s->loop, writing__fd(s->writing));
	writing__close(s->writing);
	s->writing = NULL;
}

static void is_over(void *arg, int fd)
{
	struct screen_run *s = arg;
	char *text = result_of(s->writing);

	(void)fd;
	if (s->terminal)
		ui__message(s->ui, text);
	else
		complain(STATUS_DONE, "%s", text);
	free(text);
	forget(s);
}

int screen_run__write(void *arg, const char *path)
{
	struct screen_run *s = arg;
	int err;

	if (s->writing)
		return -EBUSY;
	err = feed__write(s->feed, path, &s->writing);
	if (err)
		return err;
	err = loop__add(s->loop, writing__fd(s->writing), is_over, s);
	if (err) {
		writing__close(s->writing);
		s->writing = NULL;
	}
	return err;
}

static void wait_for(struct screen_run *s, uint64_t end)
{
	while (s->writing && !s->over && monotonic_ns() < end)
		loop__turn(s->loop, end);
}

void screen_run__finish_writing(struct screen_run *s, bool at_once)
{
	s->over = at_once;
	wait_for(s, monotonic_ns() + QUICKLY_NS);
	if (s->writing && !s->over)
		complain(STATUS_DONE, "writing %s; Ctrl-C gives it up", writing__path(s->writing));
	wait_for(s, LOOP_FOREVER);
	if (!s->writing)
		return;
	writing__stop(s->writing);
	s->over = false;
	wait_for(s, monotonic_ns() + LEAVE_NS);
	if (s->writing) {
		complain(STATUS_DONE, "'%s' is incomplete: its disk does not answer",
			 writing__path(s->writing));
		forget(s);
	}
}
