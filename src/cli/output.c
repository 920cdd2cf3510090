// SPDX-License-Identifier: GPL-2.0-or-later
/* Standard output: selects the view, and handles readers that are slow or gone. */
#include <errno.h>
#include <langinfo.h>
#include <limits.h>
#include <locale.h>
#include <poll.h>
#include <signal.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "cli/child.h"
#include "cli/session.h"
#include "util/locale_name.h"

#define PIECE         PIPE_BUF /* poll reports a pipe writable if this much fits */
#define LOOK_AGAIN_MS 200
#define PATIENCE      5 /* polls after a request to end */

/* A signal was read, or is pending. */
static bool asked_to_end(const struct session *s)
{
	sigset_t pending;

	if (s->stopped)
		return true;
	return !sigpending(&pending) &&
	       (sigismember(&pending, SIGINT) == 1 || sigismember(&pending, SIGTERM) == 1 ||
		sigismember(&pending, SIGHUP) == 1);
}

/* A slow reader is waited for, except once threadscope must end. 0 or an errno; ETIME: must end, and no room.
 */
static int wait_for_room(const struct session *s)
{
	struct pollfd fd = {STDOUT_FILENO, POLLOUT, 0};
	int looks = 0, n;

	while ((n = poll(&fd, 1, LOOK_AGAIN_MS)) <= 0) {
		if (n < 0 && errno != EINTR)
			return errno;
		if (asked_to_end(s) && ++looks == PATIENCE)
			return ETIME;
	}
	return 0;
}

/* Like the stream's own function, but it keeps the errno of a failed write, which stdio drops. */
static ssize_t write_output(void *arg, const char *bytes, size_t size)
{
	struct session *s = arg;
	size_t done = 0;
	ssize_t n;

	while (done < size && !s->write_error) {
		s->write_error = wait_for_room(s);
		if (s->write_error)
			break;
		n = write(STDOUT_FILENO, bytes + done, size - done < PIECE ? size - done : PIECE);
		if (n >= 0)
			done += (size_t)n;
		else if (errno != EINTR && errno != EAGAIN) /* another process may have made it so */
			s->write_error = errno;
	}
	return s->write_error ? 0 : (ssize_t)size;
}

/* The program itself stays in the C locale: patterns and names are bytes. */
static bool utf8_locale(void)
{
	locale_t locale = newlocale(LC_CTYPE_MASK, locale_name__characters(), (locale_t)0);
	bool utf8 = locale && !strcmp(nl_langinfo_l(CODESET, locale), "UTF-8");

	if (locale)
		freelocale(locale);
	return utf8;
}

/* A terminal with colours and cursor movements. */
static bool able_terminal(void)
{
	const char *term = getenv("TERM");

	return isatty(STDOUT_FILENO) && term && *term && strcmp(term, "dumb") != 0;
}

const struct view *choose_view(const struct options *o, FILE *out, struct view_options *ret)
{
	const struct view *view = o->json ? &view_json : o->folded ? &view_folded : &view_text;
	const char *no_colour = getenv("NO_COLOR");

	*ret = (struct view_options){.out = out,
				     .colour = view->for_people && able_terminal() &&
					       (!no_colour || !*no_colour),
				     .terminal = isatty(STDOUT_FILENO),
				     .all = o->all,
				     .goroutines_only = o->goroutines != GOROUTINES_USUAL,
				     .kernel_stacks = o->kernel_stacks,
				     .by_wait_time = o->weight == WEIGHT_WAIT_TIME,
				     .by_off_cpu = o->weight == WEIGHT_OFF_CPU,
				     .idle = o->idle,
				     .some_files = o->log_file_count > 0,
				     .names = o->names,
				     .name_count = o->name_count,
				     .utf8 = utf8_locale()};
	return view;
}

int session__open_output(struct session *s)
{
	FILE *out = fopencookie(s, "w", (cookie_io_functions_t){.write = write_output});

	if (!out)
		return -ENOMEM;
	setvbuf(out, NULL, _IOFBF, 64 * 1024);
	s->view = choose_view(s->o, out, &s->out);
	s->out.refresh = s->o->heatmap && s->view->for_people && able_terminal();
	return 0;
}

int session__flush(struct session *s, int *ret_status)
{
	fflush(s->out.out);
	if (!s->write_error)
		return 0;
	*ret_status = STATUS_DONE;
	/* A reader that closes the pipe has seen enough: not an error. */
	if (s->write_error == ETIME)
		*ret_status = complain(STATUS_FAILED, "output truncated: the reader has stopped reading");
	else if (s->write_error != EPIPE)
		*ret_status =
			complain(STATUS_FAILED, "cannot write the output: %s", strerror(s->write_error));
	return 1;
}

int session__finish(struct session *s, int status)
{
	int stream;

	if (!status && session__flush(s, &stream))
		status = stream;
	if (!status && s->child && s->child_ended && !s->stopped)
		return child__exit_status(s->child_status);
	return status;
}
