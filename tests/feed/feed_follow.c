// SPDX-License-Identifier: GPL-2.0-or-later
/*
 * A screen without a screen: feed_follow ARGUMENTS... starts the collector that a screen of these
 * arguments has, prints a line per moment, snapshot, message and state, and takes wishes on standard input:
 * "interval NS", "snapshot PID", "save FILE", "look NUMBER", "quit". What the collector is, is in the first
 * line.
 */
#include <fcntl.h>
#include <inttypes.h>
#include <poll.h>
#include <signal.h>
#include <stdlib.h>
#include <string.h>
#include <sys/prctl.h>
#include <sys/wait.h>
#include <unistd.h>

#include "cli/live_collector.h"
#include "cli/inherited.h"
#include "feed/writing.h"

static const char *const STATES[] = {"starting", "running", "over", "silent", "broken"};

static struct feed *feed;

static void write_file(const char *path)
{
	struct writing *w = NULL;
	int err = feed__write(feed, path, &w);
	struct writing_state state = {.err = err};

	if (!err) {
		poll(&(struct pollfd){writing__fd(w), POLLIN, 0}, 1, -1);
		state = writing__state(w);
	}
	printf("saved %d intervals %" PRIu64 "\n", state.err, state.written);
	writing__close(w);
}

/* false: quit. */
static bool take_wish(void)
{
	struct feed_request r = {0};
	char line[4096], path[4000];
	uint64_t count = 0;
	size_t n = 0;
	int pid;

	/* byte by byte: what follows stays where poll sees it */
	while (n < sizeof(line) - 1 && read(STDIN_FILENO, line + n, 1) == 1 && line[n] != '\n')
		n++;
	line[n] = '\0';
	if (sscanf(line, "interval %" SCNu64, &r.interval_ns) == 1) {
		r.wish = FEED_INTERVAL;
		printf("wish %d\n", feed__request(feed, &r));
	} else if (sscanf(line, "snapshot %d", &pid) == 1) {
		r = (struct feed_request){.wish = FEED_SNAPSHOT, .pid = pid};
		printf("wish %d\n", feed__request(feed, &r));
	} else if (sscanf(line, "save %3999s", path) == 1) {
		write_file(path);
	} else if (sscanf(line, "look %" SCNu64, &count) == 1) {
		feed__look_at(feed, count);
	} else {
		return false;
	}
	return true;
}

static void print_new(void)
{
	static enum feed_state state = (enum feed_state) - 1;
	static const struct snapshot_report *snapshot;
	static char message[1024];
	static uint64_t number, skipped, past;
	uint64_t when;

	for (size_t i = 0; i < feed__count(feed); i++) {
		const struct feed_moment *m = feed__moment(feed, i);

		if (m->number <= number)
			continue;
		number = m->number;
		printf("moment %" PRIu64 " interval %" PRIu64 " processes %zu threads %zu kept %zu\n", number,
		       m->report->interval_ns, m->report->process_count, m->report->thread_count,
		       feed__count(feed));
	}
	if (feed__snapshot(feed, &when) != snapshot) {
		snapshot = feed__snapshot(feed, &when);
		printf("snapshot %d threads %zu\n", (int)snapshot->pid, snapshot->thread_count);
	}
	if (strcmp(message, feed__message(feed)) != 0) {
		snprintf(message, sizeof(message), "%s", feed__message(feed));
		printf("message %s\n", message);
	}
	if (feed__past_count(feed) && past != feed__past(feed, feed__past_count(feed) - 1)->number) {
		const struct feed_moment *m = feed__past(feed, feed__past_count(feed) - 1);

		past = m->number;
		printf("past %" PRIu64 " interval %" PRIu64 " threads %zu of %zu from %" PRIu64 "\n", past,
		       m->report->interval_ns, m->report->thread_count, feed__past_count(feed),
		       feed__oldest(feed));
	}
	if (skipped != feed__skipped(feed)) {
		skipped = feed__skipped(feed);
		printf("skipped %" PRIu64 "\n", skipped);
	}
	if (state != feed__state(feed)) {
		state = feed__state(feed);
		printf("state %s\n", STATES[state]);
	}
	fflush(stdout);
}

enum { SAMPLES, SNAPSHOTS, MESSAGES, REQUESTS, PIPES };

/* As src/cli/starter_process.c starts it, but as a child of this process. */
static pid_t start(struct options *o, struct feed_pipes *ret)
{
	int ours[PIPES], theirs[PIPES], ends[2];
	pid_t pid, parent = getpid();

	for (int i = 0; i < PIPES; i++) {
		if (pipe2(ends, O_CLOEXEC))
			return -1;
		ours[i] = ends[i == REQUESTS];
		theirs[i] = ends[i != REQUESTS];
	}
	signal(SIGPIPE, SIG_IGN);
	pid = fork();
	if (!pid) {
		struct live_collector l = {.samples = theirs[SAMPLES],
					   .snapshots = theirs[SNAPSHOTS],
					   .messages = theirs[MESSAGES],
					   .requests = theirs[REQUESTS],
					   .outputs = {-1, -1},
					   .number = 1};

		prctl(PR_SET_PDEATHSIG, SIGKILL);
		if (getppid() != parent)
			_exit(1);
		signal(SIGPIPE, SIG_DFL);
		setpgid(0, 0);
		for (int i = 0; i < PIPES; i++)
			close(ours[i]);
		exit(live_collector__run(o, &l));
	}
	for (int i = 0; i < PIPES; i++)
		close(theirs[i]);
	*ret = (struct feed_pipes){.samples = ours[SAMPLES],
				   .snapshots = ours[SNAPSHOTS],
				   .messages = ours[MESSAGES],
				   .requests = ours[REQUESTS]};
	return pid;
}

int main(int argc, char **argv)
{
	struct feed_pipes pipes;
	struct options o;
	char error[512];
	pid_t collector;

	inherited__keep();
	if (options__parse(&o, argc, argv, stdout, error, sizeof(error)))
		return 2;
	collector = start(&o, &pipes);
	if (collector < 0 || feed__of_collector(&pipes, &feed))
		return 1;
	printf("collector %d\n", (int)collector);
	for (;;) {
		struct pollfd fds[] = {{feed__fd(feed), POLLIN, 0}, {STDIN_FILENO, POLLIN, 0}};

		print_new();
		poll(fds, 2, -1);
		feed__take(feed);
		if (fds[1].revents && !take_wish())
			break;
	}
	feed__close(feed);
	waitpid(collector, NULL, 0);
	printf("closed\n");
	return 0;
}
