// SPDX-License-Identifier: GPL-2.0-or-later
#include "screen/event_log.h"

#include <stdlib.h>
#include <string.h>

#include "util/heap.h"

static char **slot(const struct event_log *l, uint64_t number)
{
	return &l->lines[number % EVENT_LINES];
}

uint64_t event_log__first(const struct event_log *l)
{
	return l->count ? l->arrived - l->count + 1 : 0;
}

uint64_t event_log__last(const struct event_log *l)
{
	return l->until ? l->until : l->arrived;
}

static void drop_oldest(struct event_log *l)
{
	char **oldest = slot(l, event_log__first(l));

	l->bytes -= strlen(*oldest) + 1;
	free(*oldest);
	*oldest = NULL;
	l->count--;
}

void event_log__add(struct event_log *l, const char *text)
{
	char *line = heap__format("%.*s", (int)EVENT_LINE_BYTES, text);

	if (!l->lines)
		l->lines = HEAP_NEW(char *, EVENT_LINES);
	l->bytes += strlen(line) + 1;
	while (l->count && (l->count == EVENT_LINES || l->bytes > EVENT_BYTES))
		drop_oldest(l);
	l->arrived++;
	l->count++;
	*slot(l, l->arrived) = line;
}

const char *event_log__line(const struct event_log *l, uint64_t number)
{
	return l->count && number >= event_log__first(l) && number <= l->arrived ? *slot(l, number) : NULL;
}

void event_log__pause(struct event_log *l, bool paused)
{
	if (!paused)
		l->until = 0;
	else if (!l->until)
		l->until = l->arrived;
}

void event_log__free(struct event_log *l)
{
	while (l->count)
		drop_oldest(l);
	free(l->lines);
	*l = (struct event_log){0};
}
