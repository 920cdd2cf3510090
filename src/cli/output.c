// SPDX-License-Identifier: GPL-2.0-or-later
/* Standard output: which view writes to it, and what becomes of it. */
#include <errno.h>
#include <langinfo.h>
#include <locale.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "cli/child.h"
#include "cli/session.h"

/* As the stream's own, but it remembers why a write failed: stdio tells only that one did. */
static ssize_t write_output(void *arg, const char *bytes, size_t size)
{
	struct session *s = arg;
	size_t done = 0;
	ssize_t n;

	while (done < size && !s->write_error) {
		n = write(STDOUT_FILENO, bytes + done, size - done);
		if (n >= 0)
			done += (size_t)n;
		else if (errno != EINTR)
			s->write_error = errno;
	}
	return s->write_error ? 0 : (ssize_t)size;
}

/* The program itself stays in the C locale: patterns and names are bytes. */
static bool utf8_locale(void)
{
	locale_t locale = newlocale(LC_CTYPE_MASK, "", (locale_t)0);
	bool utf8 = locale && !strcmp(nl_langinfo_l(CODESET, locale), "UTF-8");

	if (locale)
		freelocale(locale);
	return utf8;
}

const struct view *choose_view(const struct options *o, FILE *out, struct view_options *ret)
{
	const struct view *view = o->json ? &view_json : o->folded ? &view_folded : &view_text;
	const char *no_colour = getenv("NO_COLOR");

	*ret = (struct view_options){.out = out,
				     .colour = view == &view_text && isatty(STDOUT_FILENO) &&
					       (!no_colour || !*no_colour),
				     .terminal = isatty(STDOUT_FILENO),
				     .all = o->all,
				     .goroutines_only = o->goroutines != GOROUTINES_USUAL,
				     .kernel_stacks = o->kernel_stacks,
				     .by_wait_time = o->by_wait_time,
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
	s->out.refresh = s->view == &view_text && isatty(STDOUT_FILENO);
	return 0;
}

int session__flush(struct session *s, int *ret_status)
{
	fflush(s->out.out);
	if (!s->write_error)
		return 0;
	*ret_status = STATUS_DONE;
	/* Who reads no more has had enough: no error. */
	if (s->write_error != EPIPE)
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
