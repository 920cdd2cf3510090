// SPDX-License-Identifier: GPL-2.0-or-later
/* The collector of a screen and its feed: started, ended, started anew. */
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
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

void screen_run__reap(struct screen_run *s)
{
	int status;

	while (s->collector && waitpid(s->collector, &status, WNOHANG) == s->collector) {
		s->collector = 0;
		if (s->o->child && s->collectors == 1 && WIFEXITED(status))
			s->command_status = WEXITSTATUS(status);
	}
}

/* The command does not outlive threadscope: that is the collector's business, unless it hangs. */
static void end_command(pid_t collector)
{
	char path[64];
	FILE *in;
	int child;

	snprintf(path, sizeof(path), "/proc/%d/task/%d/children", (int)collector, (int)collector);
	in = fopen(path, "re");
	while (in && fscanf(in, "%d", &child) == 1)
		kill(child, SIGTERM);
	if (in)
		fclose(in);
}

void screen_run__close_feed(struct screen_run *s)
{
	uint64_t end = monotonic_ns() + (s->o->child ? COMMAND_GOODBYE_NS : GOODBYE_NS);

	if (s->feed)
		loop__remove(s->loop, feed__fd(s->feed));
	feed__close(s->feed);
	s->feed = NULL;
	for (screen_run__reap(s); s->collector && monotonic_ns() < end; screen_run__reap(s))
		usleep(5000);
	if (s->collector && s->o->child)
		end_command(s->collector);
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

/* With what the command prints on the way to the screen. */
static int start_collector(struct screen_run *s, pid_t only, struct feed_pipes *ret)
{
	bool starts_command = s->o->child && !only, shown = starts_command && !s->o->output_file;
	int outputs[2] = {-1, -1}, err = 0;

	if (shown)
		err = screen_output__new(s->loop, s->ui, outputs, &s->output);
	if (!err)
		err = live_collector__start(s->o, only, ++s->collectors, outputs, ret, &s->collector);
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
