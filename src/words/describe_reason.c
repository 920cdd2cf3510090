// SPDX-License-Identifier: GPL-2.0-or-later
/* What the stack of a waiting thread says of its wait. */
#include "words/describe.h"

#include <string.h>

#include "util/append.h"
#include "util/duration.h"
#include "words/signal_words.h"

#define FUNCTION 120 /* buffer for a function's name */

/* "a metadata lock (MDL_context::acquire_lock)" */
static void put_what(char *dst, size_t size, size_t *used, const struct wait *wait)
{
	char function[FUNCTION];

	if (wait->resolves && wait->name_server)
		append(dst, size, used, "the name server%s %s", strchr(wait->name_server, ',') ? "s" : "",
		       wait->name_server);
	else
		append(dst, size, used, "%s", wait->what);
	if (wait->function)
		append(dst, size, used, " (%s)",
		       describe_function(function, sizeof(function), wait->function));
}

char *describe_wait_named(char *dst, size_t size, const struct wait *wait)
{
	char function[FUNCTION];
	size_t used = 0;

	*dst = '\0';
	if (wait->class != WAIT_CLASS_BLOCKED)
		return dst;
	if (wait->what && wait->reason != WAIT_REASON_BEHIND)
		put_what(dst, size, &used, wait);
	else if (wait->reason == WAIT_REASON_NAME)
		append(dst, size, &used, "%s",
		       describe_function(function, sizeof(function), wait->function ? wait->function : ""));
	return dst;
}

const char *describe_wait_verb(const struct wait *wait)
{
	if (wait->kind == WAIT_STOPPED)
		return "";
	if (wait->class == WAIT_CLASS_BLOCKED && wait->reason == WAIT_REASON_NAME)
		return "waiting in ";
	if (wait->class == WAIT_CLASS_BLOCKED && wait->what && wait->reason != WAIT_REASON_BEHIND)
		return "waiting for ";
	return (unsigned)wait->kind <= WAIT_FUTEX ? "waiting for " : "waiting in ";
}

static void put_unknown(char *dst, size_t size, size_t *used, const struct wait *wait)
{
	if (wait->what) {
		append(dst, size, used, "waits for ");
		put_what(dst, size, used, wait);
		append(dst, size, used, ", which may be idle or not");
	} else if (wait->kind == WAIT_SLEEP) {
		append(dst, size, used, "sleeps for a set time; what for is not known");
	} else if (wait->reason == WAIT_REASON_NO_STACK) {
		append(dst, size, used, "it is not known what it waits for: its stack was not read");
	} else {
		append(dst, size, used, "it is not known what it waits for");
	}
}

static void put_at_rest(char *dst, size_t size, size_t *used, const struct wait *wait)
{
	char function[FUNCTION];

	if (wait->what) {
		append(dst, size, used, "idle: waits for ");
		put_what(dst, size, used, wait);
	} else if (wait->function) {
		append(dst, size, used, "probably idle: in %s%s",
		       describe_function(function, sizeof(function), wait->function),
		       wait->reason == WAIT_REASON_SHALLOW ? ", the thread's outermost function" : "");
	}
}

/* Nobody has given it anything to do for so long: idle, or forgotten. */
static void put_unsignalled(char *dst, size_t size, size_t *used, const struct wait *wait)
{
	const char *act = signal_words(wait->signal_of).act;
	char time[DURATION_TEXT];

	if (act && wait->unsignalled_ns)
		append(dst, size, used, "%sno %s seen for %s", *used ? "; " : "", act,
		       duration_format(time, sizeof(time), wait->unsignalled_ns));
}

char *describe_wait_reason(char *dst, size_t size, const struct wait *wait)
{
	size_t used = 0;

	*dst = '\0';
	if (wait->class == WAIT_CLASS_UNKNOWN)
		put_unknown(dst, size, &used, wait);
	else if (wait_class__at_rest(wait->class))
		put_at_rest(dst, size, &used, wait);
	else if (wait->reason == WAIT_REASON_BEHIND)
		append(dst, size, &used, "others wait for a lock that it holds");
	else if (wait->reason == WAIT_REASON_NAME)
		append(dst, size, &used, "waits for a lock, by the name of %s",
		       wait->function ? wait->function : "");
	put_unsignalled(dst, size, &used, wait);
	return dst;
}
