// SPDX-License-Identifier: GPL-2.0-or-later
/* The collector of a screen and its feed: started, ended, started anew. */
#include <signal.h>
#include <stdlib.h>
#include <sys/wait.h>
#include <unistd.h>

#include "cli/live_collector.h"
#include "cli/screen_run_private.h"
#include "util/clock.h"
#include "util/heap.h"

#define GOODBYE_NS 200000000ull /* for a collector that was asked to end */

static void feed_came(void *arg, int fd)
{
	struct screen_run *s = arg;

	(void)fd;
	s->news = true;
}

void screen_run__reap(struct screen_run *s)
{
	int status;

	while (s->collector && waitpid(s->collector, &status, WNOHANG) == s->collector)
		s->collector = 0;
}

void screen_run__close_feed(struct screen_run *s)
{
	uint64_t end = monotonic_ns() + GOODBYE_NS;

	if (s->feed)
		loop__remove(s->loop, feed__fd(s->feed));
	feed__close(s->feed);
	s->feed = NULL;
	for (screen_run__reap(s); s->collector && monotonic_ns() < end; screen_run__reap(s))
		usleep(5000);
	if (s->collector)
		kill(s->collector, SIGKILL);
	s->collector = 0;
}

int screen_run__use_feed(struct screen_run *s, struct feed *feed, bool every_process)
{
	s->feed = feed;
	s->counted = 0;
	ui__set_feed(s->ui, feed, every_process);
	return loop__add(s->loop, feed__fd(feed), feed_came, s);
}

/* What is recorded begins anew with a collector. */
static void say_record(struct screen_run *s)
{
	char *file = live_collector__file(s->o->save_file, s->collectors), *text;

	text = heap__format("--save goes on in %s", file);
	ui__message(s->ui, text);
	free(text);
	free(file);
}

int screen_run__start(struct screen_run *s, pid_t only)
{
	bool every = !only && !s->o->pid_count && !s->o->name_count && !s->o->child;
	struct feed_pipes pipes;
	struct feed *feed;
	int err = live_collector__start(s->o, only, ++s->collectors, &pipes, &s->collector);

	if (err)
		return err;
	err = feed__of_collector(&pipes, &feed);
	if (err)
		return err;
	if (s->o->save_file && s->collectors > 1)
		say_record(s);
	/* Also how long it may be silent before it counts as hanging. */
	feed__request(feed,
		      &(struct feed_request){.wish = FEED_INTERVAL, .interval_ns = ui__interval(s->ui)});
	return screen_run__use_feed(s, feed, every);
}
