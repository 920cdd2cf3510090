// SPDX-License-Identifier: GPL-2.0-or-later
#include "model/findings/worker_pools.h"

#include <ctype.h>
#include <string.h>

#include "facts/stack.h"
#include "util/text.h"

#define POOL_NAME 64

bool worker_pools__whole(const struct naming *n, pid_t pid)
{
	for (size_t i = 0; i < n->thread_count; i++) {
		const struct thread_row *t = &n->threads[i];

		if (t->pid == pid && t->tid != pid && (!t->stack.count || t->stack.end != STACK_COMPLETE))
			return false;
	}
	return true;
}

static bool ends_with(const char *text, const char *end)
{
	size_t length = strlen(text), end_length = strlen(end);

	return length >= end_length && !strcmp(text + length - end_length, end);
}

/* ---- Python: concurrent.futures ------------------------------------------------------- */

/* Its workers, busy or not, are in _worker of concurrent/futures/thread.py. */
static bool of_python(const struct thread_row *t)
{
	for (size_t i = 0; i < t->stack.count; i++) {
		const struct frame *f = &t->stack.frames[i];

		if (f->language && f->function && f->file && !strcmp(f->language, "Python") &&
		    ends_with(f->function, "_worker") && ends_with(f->file, "concurrent/futures/thread.py"))
			return true;
	}
	return false;
}

/* ---- Java: java.util.concurrent -------------------------------------------------------- */

static bool of_java(const struct thread_row *t)
{
	for (size_t i = 0; i < t->stack.count; i++) {
		const struct frame *f = &t->stack.frames[i];

		if (f->language && f->function && !strcmp(f->language, JAVA_LANGUAGE) &&
		    (!strcmp(f->function, "java.util.concurrent.ThreadPoolExecutor$Worker.run") ||
		     !strcmp(f->function, "java.util.concurrent.ForkJoinWorkerThread.run")))
			return true;
	}
	return false;
}

/* Of "pool-1-thread-12" what all threads of its pool begin with; 0: it has no number. */
static size_t prefix_of(const char *name)
{
	size_t length = strlen(name), all = length;

	while (length && isdigit((unsigned char)name[length - 1]))
		length--;
	return length < all && length < POOL_NAME ? length : 0;
}

/* Another thread of the pool. */
static bool same_prefix(const char *name, const char *of, size_t prefix)
{
	return name && prefix_of(name) == prefix && !strncmp(name, of, prefix);
}

/* "pool-1" of "pool-1-thread-" */
static const char *pool_name(struct arena *a, const char *name, size_t prefix)
{
	static const char *const ENDS[] = {"-thread-", "-worker-", "-"};
	char text[POOL_NAME];

	memcpy(text, name, prefix);
	text[prefix] = '\0';
	for (size_t i = 0; i < sizeof(ENDS) / sizeof(*ENDS); i++)
		if (ends_with(text, ENDS[i]) && strlen(text) > strlen(ENDS[i])) {
			text[strlen(text) - strlen(ENDS[i])] = '\0';
			break;
		}
	return arena__string(a, text);
}

/* ---- */

static const char *text(struct arena *a, size_t members, size_t count, const char *pool)
{
	if (members == 1)
		return count == 1 ? arena__format(a, "; it is the only thread of %s", pool) : "";
	return members == count ? arena__format(a, "; they are all %zu threads of %s", members, pool)
				: arena__format(a, "; %zu of them are all threads of %s", members, pool);
}

static const char *python_text(struct arena *a, const struct naming *n, const struct thread_row *const *list,
			       size_t count)
{
	size_t all = 0, members = 0;

	for (size_t i = 0; i < count; i++)
		members += of_python(list[i]);
	if (!members || !worker_pools__whole(n, list[0]->pid))
		return "";
	for (size_t i = 0; i < n->thread_count; i++)
		all += n->threads[i].pid == list[0]->pid && of_python(&n->threads[i]);
	/* Executors cannot be told apart: where all workers of all of them hang, those of each do. */
	return members == all ? text(a, members, count, "concurrent.futures") : "";
}

/* The pool of list[at], if all its threads are in the list; they are *ret_members then. */
static bool is_java_pool(const struct naming *n, const struct thread_row *const *list, size_t count,
			 size_t at, size_t *ret_members)
{
	const char *name = list[at]->name;
	size_t prefix = name ? prefix_of(name) : 0, all = 0, members = 0;

	if (!prefix)
		return false;
	for (size_t i = 0; i < count; i++)
		members += same_prefix(list[i]->name, name, prefix) && of_java(list[i]);
	for (size_t i = 0; i < n->thread_count; i++)
		all += n->threads[i].pid == list[0]->pid && same_prefix(n->threads[i].name, name, prefix);
	*ret_members = members;
	return members == all;
}

static const char *java_text(struct arena *a, const struct naming *n, const struct thread_row *const *list,
			     size_t count)
{
	size_t best = count, most = 0, members;

	for (size_t i = 0; i < count; i++) {
		bool first = true;

		if (!list[i]->name || !of_java(list[i]))
			continue;
		for (size_t k = 0; k < i && first; k++)
			first = !list[k]->name ||
				!same_prefix(list[i]->name, list[k]->name, prefix_of(list[k]->name));
		if (!first || !is_java_pool(n, list, count, i, &members) || members <= most)
			continue;
		most = members;
		best = i;
	}
	return best < count
		       ? text(a, most, count, pool_name(a, list[best]->name, prefix_of(list[best]->name)))
		       : "";
}

const char *worker_pools__text(struct arena *a, const struct naming *n, const struct thread_row *const *list,
			       size_t count)
{
	const char *python = python_text(a, n, list, count);

	return *python ? python : java_text(a, n, list, count);
}
