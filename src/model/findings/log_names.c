// SPDX-License-Identifier: GPL-2.0-or-later
#include "model/findings/log_names.h"

#include <ctype.h>
#include <string.h>

#include "waits/commit_log.h"

#define DATE_DIGITS       8 /* 20260131 */
#define GENERATION_DIGITS 4

static size_t digits_before(const char *path, size_t end)
{
	size_t count = 0;

	while (count < end && isdigit((unsigned char)path[end - count - 1]))
		count++;
	return count;
}

static bool ends_with(const char *path, size_t length, const char *suffix)
{
	size_t n = strlen(suffix);

	return length > n && !memcmp(path + length - n, suffix, n);
}

/* Without one suffix of a rotation, such as .1, -20260131, .2026-01-31, .old; the same length if it has none.
 */
static size_t without_suffix(const char *path, size_t length)
{
	static const char *const OLD[] = {".old", ".bak", ".gz", ".zst", ".xz"};
	size_t n = digits_before(path, length);

	for (size_t i = 0; i < sizeof(OLD) / sizeof(OLD[0]); i++)
		if (ends_with(path, length, OLD[i]))
			return length - strlen(OLD[i]);
	if (n && n <= GENERATION_DIGITS && n < length && path[length - n - 1] == '.')
		return length - n - 1;
	if (n == DATE_DIGITS && n < length && strchr("-._", path[length - n - 1]))
		return length - n - 1;
	/* 2026-01-31 */
	if (n == 2 && length > 11 && path[length - 3] == '-' && digits_before(path, length - 3) == 2 &&
	    path[length - 6] == '-' && digits_before(path, length - 6) == 4 &&
	    strchr("-._", path[length - 11]))
		return length - 11;
	return length;
}

struct log_name log_name__of(const char *path, bool segments)
{
	const char *slash = strrchr(path, '/');
	size_t least = slash ? (size_t)(slash - path) + 2 : 1;
	struct log_name n = {path, strlen(path)};
	size_t shorter;

	if (segments && slash && slash > path) {
		n.length = (size_t)(slash - path);
		return n;
	}
	while ((shorter = without_suffix(path, n.length)) < n.length && shorter >= least)
		n.length = shorter;
	return n;
}

bool log_name__for_commits(const char *path, bool of_lines)
{
	struct log_name n = log_name__of(path, false);

	if (commit_log__is(path))
		return true;
	return !of_lines && !ends_with(path, n.length, ".log") && !ends_with(path, n.length, "/log");
}

bool log_name__same(const struct log_name *a, const struct log_name *b)
{
	return a->length && a->length == b->length && !memcmp(a->path, b->path, a->length);
}
