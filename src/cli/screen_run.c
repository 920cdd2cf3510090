// SPDX-License-Identifier: GPL-2.0-or-later
#include "cli/screen_run.h"

#include <errno.h>
#include <fcntl.h>
#include <signal.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "cli/inherited.h"
#include "cli/privileges.h"
#include "cli/screen_events.h"
#include "cli/screen_run_private.h"
#include "cli/screen_settings.h"
#include "cli/session.h"
#include "facts/saved/saved.h"
#include "util/clock.h"
#include "util/heap.h"
#include "util/text.h"

#define PATIENCE_NS 500000000ull  /* for the first report, before the screen is taken */
#define SILENCE_NS  1000000000ull /* how often to look whether the collector still answers */

/* ---- what the loop reports ----------------------------------------------------- */

static void key_came(void *arg, int fd)
{
	struct screen_run *s = arg;
	bool over = false;
	struct key key;

	(void)fd;
	while (terminal__key(s->terminal, &key, &over)) {
		if (key.code == CODE_CONTROL('z'))
			raise(SIGTSTP);
		else
			ui__key(s->ui, &key);
	}
	s->over = s->over || over;
	s->told_to_end = s->told_to_end || over; /* nobody is there to read anything */
}

static void ticked(void *arg, uint64_t ticks)
{
	struct screen_run *s = arg;

	(void)ticks;
	screen_run__reap(s);
	s->news = true; /* a collector that is silent sends nothing: look */
}

static void something_ended(void *arg, int fd)
{
	(void)fd;
	screen_run__reap(arg);
}

/* A stopped job: the shell gets its terminal back. */
static void stop(struct screen_run *s)
{
	if (s->terminal)
		terminal__leave(s->terminal);
	raise(SIGSTOP);
	if (s->terminal)
		terminal__return(s->terminal);
	s->resized = s->again = true;
}

static void signal_came(void *arg, const struct signalfd_siginfo *info)
{
	struct screen_run *s = arg;

	switch (info->ssi_signo) {
	case SIGWINCH:
		s->resized = true;
		break;
	case SIGTSTP:
		stop(s);
		break;
	case SIGCHLD:
		screen_output__reap(s->output);
		break;
	default:
		s->over = s->told_to_end = true;
	}
}

static int open_loop(struct screen_run *s)
{
	int err = loop__new(&s->loop);
	sigset_t set;

	if (err)
		return err;
	signal(SIGPIPE, SIG_IGN);
	signal(SIGCHLD, SIG_DFL);
	sigemptyset(&set);
	sigaddset(&set, SIGINT);
	sigaddset(&set, SIGTERM);
	sigaddset(&set, SIGWINCH);
	sigaddset(&set, SIGTSTP);
	sigaddset(&set, SIGCHLD);
	if (!inherited__ignores(SIGHUP))
		sigaddset(&set, SIGHUP);
	err = loop__signals(s->loop, &set, signal_came, s);
	return err ? err : loop__every(s->loop, SILENCE_NS, ticked, s);
}

/* ---- what the screen asks for ------------------------------------------------------------ */

static int attach(void *arg, pid_t pid)
{
	struct screen_run *s = arg;

	if (s->o->child && !pid)
		return -ECHILD; /* it was started, and cannot be started again */
	/* Nothing of the old feed may be looked at once it is closed, also if no new one can be had. */
	ui__set_feed(s->ui, NULL, false);
	screen_run__leave_feed(s);
	return screen_run__start(s, pid);
}

static int follow_name(void *arg, const char *comm)
{
	struct screen_run *s = arg;
	pid_t pid;
	int err = starter__named(&s->starter, comm, &pid);

	return err ? err : attach(s, pid);
}

static void copy(void *arg, const char *text)
{
	terminal__copy(((struct screen_run *)arg)->terminal, text);
}

static int follow_events(void *arg, pid_t pid)
{
	return screen_events__follow(((struct screen_run *)arg)->events, pid);
}

static int save_settings(void *arg, const struct ui *ui, char *path, size_t size)
{
	struct screen_run *s = arg;

	return screen_settings__write(ui, s->replay ? NULL : &s->starter, path, size);
}

static int create(void *starter, const char *path, int *ret_fd)
{
	return starter__create(starter, path, ret_fd);
}

static void redraw(void *arg)
{
	((struct screen_run *)arg)->again = true;
}

/* ---- the run --------------------------------------------------------------------------------- */

static void draw(struct screen_run *s)
{
	unsigned rows, columns;

	terminal__size(s->terminal, &rows, &columns);
	if (rows != s->canvas.rows || columns != s->canvas.columns) {
		canvas__resize(&s->canvas, rows, columns);
		s->again = true;
	}
	s->canvas.ascii = terminal__ascii(s->terminal);
	ui__draw(s->ui, &s->canvas);
	terminal__show(s->terminal, &s->canvas, s->again);
	s->again = s->resized = false;
}

/* --fail-on, --until-found and --count, of the reports that have come. */
static void look_at_reports(struct screen_run *s)
{
	for (size_t i = 0; i < feed__count(s->feed); i++) {
		const struct feed_moment *m = feed__moment(s->feed, i);

		if (m->number <= s->counted)
			continue;
		s->counted = m->number;
		s->intervals += m->report->interval_ns > 0;
		s->found = s->found || fail_on__found(&s->o->fail_on, m->report->findings,
						      m->report->finding_count, s->o->command->about_logs);
	}
	s->over = s->over || (s->o->until_found && s->found) ||
		  (!s->replay && s->o->count && s->intervals >= s->o->count);
}

static void take_news(struct screen_run *s)
{
	s->news = false;
	if (!s->feed || !feed__take(s->feed))
		return;
	look_at_reports(s);
	ui__take(s->ui);
}

static bool has_failed(const struct screen_run *s)
{
	return feed__count(s->feed) == 0 && feed__state(s->feed) >= FEED_OVER &&
	       feed__state(s->feed) != FEED_SILENT;
}

/* Errors at the start are printed like those of any command, not on a screen that closes at once. */
static bool wait_for_first(struct screen_run *s)
{
	uint64_t end = monotonic_ns() + PATIENCE_NS;

	while (!s->over && !feed__count(s->feed) && !has_failed(s) && monotonic_ns() < end) {
		loop__turn(s->loop, end);
		take_news(s);
	}
	return !s->over && !has_failed(s);
}

static void loop(struct screen_run *s)
{
	uint64_t end = s->o->duration_ns ? monotonic_ns() + s->o->duration_ns : LOOP_FOREVER, rest;

	while (!s->over && !ui__over(s->ui)) {
		draw(s);
		rest = screen_output__rest(s->output);
		if (loop__turn(s->loop, rest < end ? rest : end) || monotonic_ns() >= end)
			break;
		if (s->news)
			take_news(s);
	}
}

static int take_terminal(struct screen_run *s)
{
	const char *no_colour = getenv("NO_COLOR");
	int err = terminal__open(!no_colour || !*no_colour, &s->terminal);

	if (err)
		return complain(STATUS_FAILED, "cannot use the terminal: %s", strerror(-err));
	if (loop__add(s->loop, terminal__fd(s->terminal), key_came, s))
		return complain(STATUS_FAILED, "cannot read the terminal's keys");
	return STATUS_DONE;
}

static void read_settings(struct screen_run *s)
{
	screen_settings__read(s->ui, s->settings, sizeof(s->settings));
	if (s->o->interval_given)
		ui__set_interval(s->ui, s->o->interval_ns);
}

static int show(struct screen_run *s)
{
	char message[512];
	int status;

	if (!s->replay && !wait_for_first(s)) {
		if (has_failed(s) && *feed__message(s->feed))
			complain(STATUS_DONE, "%s", feed__message(s->feed));
		return has_failed(s) && feed__status(s->feed) ? feed__status(s->feed) : STATUS_DONE;
	}
	status = take_terminal(s);
	if (status)
		return status;
	if (*s->settings)
		ui__message(s->ui, s->settings);
	loop(s);
	loop__remove(s->loop, terminal__fd(s->terminal));
	terminal__close(s->terminal);
	s->terminal = NULL;
	screen_run__finish_writing(s, s->told_to_end);
	/* What was on the screen last is worth a line on the shell's. */
	snprintf(message, sizeof(message), "%s", s->feed ? feed__message(s->feed) : "");
	if (!s->replay && *message)
		complain(STATUS_DONE, "%s", message);
	/* It could not begin, which took longer than the screen waits for. */
	if (!s->replay && s->feed && has_failed(s))
		return feed__status(s->feed);
	return s->found ? STATUS_FOUND : STATUS_DONE;
}

static void close_run(struct screen_run *s)
{
	screen_events__free(s->events);
	screen_output__free(s->output);
	ui__free(s->ui);
	screen_run__close_feed(s);
	starter__close(&s->starter);
	loop__free(s->loop);
	canvas__free(&s->canvas);
}

bool screen_run__possible(const struct options *o)
{
	const char *term = getenv("TERM");
	int keys;

	if (o->json || o->folded || o->heatmap || o->batch || !isatty(STDOUT_FILENO) || !term || !*term ||
	    !strcmp(term, "dumb") || !terminal__known())
		return false;
	keys = isatty(STDIN_FILENO) ? STDIN_FILENO : open("/dev/tty", O_RDWR | O_CLOEXEC | O_NOCTTY);
	if (keys > STDIN_FILENO)
		close(keys);
	return keys >= 0;
}

int screen_run__live(const struct options *o)
{
	struct screen_run s = {.o = o};
	struct ui_options uo = {.interval_ns = o->interval_ns,
				.logs = o->command->about_logs,
				.by_name = o->name_count > 0,
				.command = o->child != NULL,
				.output = o->child && !o->output_file};
	struct ui_host host = {.arg = &s,
			       .attach = attach,
			       .follow = follow_name,
			       .copy = copy,
			       .redraw = redraw,
			       .events = follow_events,
			       .write = screen_run__write,
			       .save_settings = save_settings};
	int err = starter__start(o, true, &s.starter), status;

	s.ui = ui__new(&uo, &host);
	read_settings(&s);
	privileges__drop();
	saved_writer__create_by(create, &s.starter);
	if (!err)
		err = open_loop(&s);
	if (!err)
		err = loop__add(s.loop, s.starter.fd, something_ended, &s);
	if (!err)
		s.events = screen_events__new(s.loop, s.ui, &s.starter);
	if (!err)
		err = screen_run__start(&s, 0);
	status = err ? complain(STATUS_FAILED, "cannot start: %s", strerror(-err)) : show(&s);
	close_run(&s); /* with the end of the collector, which says how the command ended */
	return status ? status : s.command_status;
}

bool screen_run__replay(const struct options *o, FILE *in, int *ret_status)
{
	struct screen_run s = {.o = o, .replay = true, .starter = {.fd = -1}};
	struct ui_options uo = {
		.interval_ns = o->interval_ns, .replay = true, .about = path_basename(o->replay_file)};
	struct ui_host host = {.arg = &s,
			       .copy = copy,
			       .redraw = redraw,
			       .write = screen_run__write,
			       .save_settings = save_settings};
	struct feed_request play = {.wish = FEED_INTERVAL, .interval_ns = o->interval_ns};
	struct feed *feed;
	int err;

	heap__give_back();
	if (fseek(in, 0, SEEK_SET)) /* a pipe cannot be read again */
		return false;
	if (feed__of_file(in, &feed)) {
		rewind(in);
		return false;
	}
	s.ui = ui__new(&uo, &host);
	read_settings(&s);
	err = open_loop(&s);
	if (!err)
		err = screen_run__use_feed(&s, feed, feed__every_process(feed));
	if (!err)
		err = feed__request(feed, &play);
	*ret_status = err ? complain(STATUS_FAILED, "cannot start: %s", strerror(-err)) : show(&s);
	close_run(&s);
	return true;
}
