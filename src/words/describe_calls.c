// SPDX-License-Identifier: GPL-2.0-or-later
/* The callers of a call: functions with their lines. */
#include <stdio.h>
#include <string.h>

#include "util/text.h"
#include "words/describe.h"
#include "words/go_names.h"

static size_t put_frame(char *dst, size_t size, const struct frame *f, const char *before)
{
	char name[DESCRIBE_WAIT];
	int length;

	describe_frame(name, sizeof(name), f);
	if (f->file && f->line > 0)
		length = snprintf(dst, size, "%s%s at %s:%d", before, name, path_basename(f->file), f->line);
	else
		length = snprintf(dst, size, "%s%s", before, name);
	return length > 0 ? (size_t)length : 0;
}

char *describe_calls(char *dst, size_t size, const struct call_stack *stack, size_t max)
{
	bool interpreted = call_stack__interpreted(stack);
	size_t first = call_stack__first_own(stack), used = 0, shown = 0;

	*dst = '\0';
	for (size_t i = first; i < stack->count && used < size; i++) {
		/* What an interpreter does between its own functions says nothing of the program. */
		if (interpreted && !frame__of_interpreter(&stack->frames[i]))
			continue;
		/* Frames that start a thread carry no information. */
		if (i > first &&
		    (frame__of_libc(&stack->frames[i]) || frame__of_go_runtime(&stack->frames[i])))
			continue;
		if (shown++ == max) {
			snprintf(dst + used, size - used, " < ...");
			break;
		}
		used += put_frame(dst + used, size - used, &stack->frames[i], used ? " < " : "");
	}
	return dst;
}

const char *describe_io(const char *syscall, bool sync)
{
	if (!syscall)
		return sync ? "sync" : "write";
	if (!strcmp(syscall, URING_CALL))
		return sync ? "io_uring sync" : "io_uring write";
	return syscall;
}

char *describe_other_errors(char dst[OTHER_ERRORS], const uint32_t other[2])
{
	const char *last = errno__name(other[0]), *before = errno__name(other[1]);

	snprintf(dst, OTHER_ERRORS, "%s%s%s", last ? last : "another error", before ? " or " : "",
		 before ? before : "");
	return dst;
}
