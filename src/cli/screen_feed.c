// SPDX-License-Identifier: GPL-2.0-or-later
/* The collector of a screen and its feed: started, ended, started anew. */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/wait.h>
#include <unistd.h>

#include "cli/live_collector.h"
#include "cli/screen_run_private.h"
#include "util/clock.h"
#include "util/heap.h"

#define GOODBYE_NS         200000000ull  /* for a collector that was asked to end */
#define COMMAND_GOODBYE_NS 2000000000ull /* for one that has a command to end first */

static void feed_came(void *arg, int fd)
{
	struct screen_run *s = arg;

	(void)fd;
	s->news = true;
}

/* The starter's end is that of all. */
static void take_end(struct screen_run *s, unsigned number, int status)
{
	if (!number) {
		loop__remove(s->loop, s->starter.fd);
		starter__close(&s->starter);
	}
	if (s->o->child && number && number == s->first_collector && WIFEXITED(status))
		s->command_status = WEXITSTATUS(status);
	if (!number || number == s->collector)
		s->collector = 0;
	for (size_t i = 0; i < LEAVING; i++)
		if (!number || number == s->leaving[i].number)
			s->leaving[i].number = 0;
}

static uint64_t goodbye(const struct screen_run *s)
{
	return monotonic_ns() + (s->o->child ? COMMAND_GOODBYE_NS : GOODBYE_NS);
}

void screen_run__reap(struct screen_run *s)
{
	uint64_t now = monotonic_ns();
	unsigned number;
	int status;

	while (starter__ended(&s->starter, &number, &status))
		take_end(s, number, status);
	for (size_t i = 0; i < LEAVING; i++)
		if (s->leaving[i].number && now >= s->leaving[i].until_ns)
			starter__kill(&s->starter, s->leaving[i].number);
}

/* One more place than collectors can be in: the oldest has had its moment. */
static void let_go(struct screen_run *s)
{
	struct leaving_collector *last = &s->leaving[LEAVING - 1];

	if (last->number)
		starter__kill(&s->starter, last->number);
	memmove(s->leaving + 1, s->leaving, (LEAVING - 1) * sizeof(*s->leaving));
	s->leaving[0] = (struct leaving_collector){s->collector, goodbye(s)};
	s->collector = 0;
}

void screen_run__leave_feed(struct screen_run *s)
{
	if (s->feed)
		loop__remove(s->loop, feed__fd(s->feed));
	feed__leave(s->feed);
	s->feed = NULL;
	if (s->collector)
		let_go(s);
	screen_run__reap(s);
}

static bool are_leaving(const struct screen_run *s)
{
	for (size_t i = 0; i < LEAVING; i++)
		if (s->leaving[i].number)
			return true;
	return false;
}

void screen_run__close_feed(struct screen_run *s)
{
	uint64_t until = goodbye(s) + 1000000;

	if (s->feed)
		loop__remove(s->loop, feed__fd(s->feed));
	feed__close(s->feed);
	s->feed = NULL;
	if (s->collector)
		let_go(s);
	for (screen_run__reap(s); are_leaving(s) && monotonic_ns() < until; screen_run__reap(s))
		usleep(5000);
	screen_run__reap(s);
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

/* With what the command prints on the way to the screen. */
static int start_collector(struct screen_run *s, pid_t only, struct feed_pipes *ret)
{
	bool starts_command = s->o->child && !only, shown = starts_command && !s->o->output_file;
	int outputs[2] = {-1, -1}, err = 0;

	if (shown)
		err = screen_output__new(s->loop, s->ui, outputs, &s->output);
	if (!err)
		err = starter__collector(&s->starter, only, ++s->collectors, outputs, ret, &s->collector);
	if (!err && s->collectors == 1)
		s->first_collector = s->collector;
	for (int i = 0; i < 2; i++)
		if (outputs[i] >= 0)
			close(outputs[i]);
	return err;
}

int screen_run__start(struct screen_run *s, pid_t only)
{
	bool every = !only && !s->o->pid_count && !s->o->name_count && !s->o->child;
	struct feed_pipes pipes;
	struct feed *feed;
	int err = start_collector(s, only, &pipes);

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
