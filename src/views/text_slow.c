// SPDX-License-Identifier: GPL-2.0-or-later
/* Why calls on a file were slow. */
#include <inttypes.h>

#include "model/describe.h"
#include "util/append.h"
#include "util/duration.h"
#include "views/text_parts.h"

#define MOST_PARTS   4
#define SHOWN_FRAMES 4

/* "43 % journal commit, 2 % running": the largest parts first, small ones left out. */
static void put_parts(char *dst, size_t size, const uint64_t *parts, uint64_t whole)
{
	bool told[STALL_PARTS] = {false};
	size_t used = 0;

	*dst = '\0';
	if (!whole)
		return;
	for (int n = 0; n < MOST_PARTS; n++) {
		int most = -1;

		for (int i = 0; i < STALL_PARTS; i++)
			if (!told[i] && parts[i] >= whole / 100 && (most < 0 || parts[i] > parts[most]))
				most = i;
		if (most < 0 || !parts[most])
			return;
		told[most] = true;
		append(dst, size, &used, "%s%.0f %% %s", n ? ", " : "",
		       100.0 * (double)parts[most] / (double)whole, stall_part__words((enum stall_part)most));
	}
}

static void slow_line(struct table *t, const char *name, const struct slow_calls *s)
{
	char parts[DESCRIBE_WAIT], a[DURATION_TEXT];

	put_parts(parts, sizeof(parts), s->parts, s->ns);
	table__line(t, "  %s: %" PRIu64 " slow, %s in all: %s", name, s->count,
		    duration_format(a, sizeof(a), s->ns), parts);
}

/* Why it was slow: in the interval if it was, else since attach; and the slowest of these calls. */
void text_slow_lines(struct table *t, const struct file_slow *s)
{
	const struct slow_call *c = s->slowest;
	char name[DESCRIBE_NAME], stack[DESCRIBE_WAIT], parts[DESCRIBE_WAIT], a[DURATION_TEXT];

	if (s->writes.count)
		slow_line(t, "writes", &s->writes);
	if (s->fsyncs.count)
		slow_line(t, "syncs", &s->fsyncs);
	if (!c)
		c = s->slowest_ever;
	if (!c)
		return;
	describe_calls(stack, sizeof(stack), &c->stack, SHOWN_FRAMES);
	put_parts(parts, sizeof(parts), c->parts, c->ns);
	table__line(t, "  slowest%s: %s %s by %s%s%s%s%s", c == s->slowest ? "" : " so far",
		    describe_io(c->syscall, c->sync), duration_format(a, sizeof(a), c->ns),
		    describe_thread(name, sizeof(name), c->name, c->tid), *stack ? " in " : "", stack,
		    *parts ? "; " : "", parts);
}
