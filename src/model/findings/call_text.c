// SPDX-License-Identifier: GPL-2.0-or-later
#include "model/findings/call_text.h"

#include "words/describe.h"

#define SHOWN_FRAMES 3

const char *call_text__from(struct arena *a, const struct call_stack *stack)
{
	char text[DESCRIBE_WAIT];

	describe_calls(text, sizeof(text), stack, SHOWN_FRAMES);
	return *text ? arena__format(a, ", called from %s", text) : "";
}

const char *call_text__file(struct arena *a, const char *path, enum ts_file_kind kind, int fd,
			    const char *peer)
{
	const char *name = *path ? path : arena__format(a, "%s, fd %d", file_kind__name(kind), fd);

	return peer ? arena__format(a, "%s to %s", name, peer) : name;
}
