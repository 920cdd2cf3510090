// SPDX-License-Identifier: GPL-2.0-or-later
/* The processes that a thread waits for, in one sentence. */
#include <inttypes.h>

#include "util/append.h"
#include "util/duration.h"
#include "waits/wait.h"
#include "words/describe.h"

#define SHOWN_LINKS 8

static const char *who(char *dst, size_t size, const struct link_row *k)
{
	size_t used = 0;

	*dst = '\0';
	if (k->one_of && k->threads > 1)
		append(dst, size, &used, "thread %s (%d) of process %d", k->name ? k->name : "", (int)k->tid,
		       (int)k->pid);
	else
		describe_thread(dst, size, k->name, k->pid);
	return dst;
}

/* "fsync(/var/log/app.log)", "pause" */
static const char *call(char *dst, size_t size, const struct link_row *k)
{
	size_t used = 0;

	*dst = '\0';
	append(dst, size, &used, "%s", k->syscall ? k->syscall : "the kernel");
	if (k->syscall && k->file)
		append(dst, size, &used, "(%s)", k->file);
	return dst;
}

/* What is known of that which the call waits at. */
static void put_object(char *dst, size_t size, size_t *used, const struct link_row *k)
{
	if (k->role == LINK_HOLDS_SEMAPHORE || k->role == LINK_CHANGED_SEMAPHORE)
		append(dst, size, used, ", value %" PRIu64, k->value);
	else if (k->held)
		append(dst, size, used, ", %s", k->held);
	else if (k->role == LINK_RECEIVES)
		append(dst, size, used, ", full (%" PRIu64 " message%s, %" PRIu64 " of %" PRIu64 " bytes)",
		       k->messages, k->messages == 1 ? "" : "s", k->bytes, k->room_bytes);
}

/* What the process is to the one that waits; and several of them, in two parts. */
static const struct role_words {
	const char *one, *several, *end;
} ROLES[LINK_ROLES] = {
	[LINK_UNKNOWN_ROLE] = {"behind", "behind", ""},
	[LINK_OWNS] = {"held by", "held by", ""},
	[LINK_HOLDS_FILE] = {"held by", "held by", ""},
	[LINK_CHILD] = {"for its child", "for one of its", " that are its children"},
	[LINK_READS] = {"read by", "read by", ""},
	[LINK_WRITES] = {"written by", "written by", ""},
	[LINK_PEER] = {"whose other end has", "whose other end is shared by", ""},
	[LINK_LISTENS] = {"on which", "on which", " listen"},
	[LINK_HOLDS_INODE] = {"whose inode is locked by", "whose inode is locked by", ""},
	[LINK_HOLDS_POSITION] = {"whose position is locked by", "whose position is locked by", ""},
	[LINK_HOLDS_SEMAPHORE] = {"likely held by", "likely held by", ""},
	[LINK_CHANGED_SEMAPHORE] = {"last changed by", "last changed by", ""},
	[LINK_RECEIVES] = {"last read by", "last read by", ""},
	[LINK_LEASES] = {"leased by", "leased by", ""},
	[LINK_PERMITS] = {"for permission (fanotify) from", "for permission (fanotify) from", ""},
	[LINK_HOLDS_DATABASE] = {"held by", "held by", ""},
	[LINK_AHEAD_IN_DATABASE] = {"in a queue behind", "in a queue behind", ""},
};

static void put_backlog(char *dst, size_t size, size_t *used, const struct link_row *k)
{
	if (k->role == LINK_LISTENS)
		append(dst, size, used, " (backlog %s: %" PRIu64 " of %" PRIu64 ")",
		       k->queued > k->backlog ? "full" : "has room", k->queued, k->backlog);
}

/* ", held by worker (812), which"; ", held by 3 processes, of which worker (812)". */
static void put_role(char *dst, size_t size, size_t *used, const struct link_row *k)
{
	const struct role_words *r = &ROLES[(unsigned)k->role < LINK_ROLES ? k->role : 0];
	char name[DESCRIBE_WAIT];

	put_object(dst, size, used, k);
	who(name, sizeof(name), k);
	if (k->more)
		append(dst, size, used, ", %s %" PRIu64 " processes%s", r->several, k->more + 1, r->end);
	else
		append(dst, size, used, ", %s %s%s", r->one, name, k->role == LINK_LISTENS ? " listens" : "");
	put_backlog(dst, size, used, k);
	if (k->more)
		append(dst, size, used, ", of which %s", name);
	else if (!k->again)
		append(dst, size, used, ", which");
}

/* What the process has to do with the pipe or socket, if no thread was seen at it. */
static const char *has_it_open(const struct link_row *k)
{
	bool all = k->threads < LINK_THREADS;

	switch (k->role) {
	case LINK_READS:
		return all ? "has it open, but no thread reads it" : "has it open";
	case LINK_WRITES:
	case LINK_PEER:
	case LINK_LISTENS:
		return all ? "has it open, but no thread is in a call on it" : "has it open";
	default:
		return NULL;
	}
}

static bool is_lock(enum link_role role)
{
	return role == LINK_OWNS || role == LINK_HOLDS_DATABASE || role == LINK_AHEAD_IN_DATABASE;
}

static void put_blocked(char *dst, size_t size, size_t *used, const struct link_row *k, bool waits_on)
{
	const char *open = k->one_of ? NULL : has_it_open(k), *least = k->at_least ? "at least " : "";
	char text[DESCRIBE_WAIT], time[DURATION_TEXT];

	if (open)
		append(dst, size, used, " %s: its main thread", open);
	else if (!k->one_of)
		append(dst, size, used, " has %" PRIu64 " threads: the main one", k->threads);
	if (waits_on && k->duration_ns)
		append(dst, size, used, " has waited %s%s for a lock", least,
		       duration_format(time, sizeof(time), k->duration_ns));
	else if (waits_on)
		append(dst, size, used, " waits for a lock");
	else if (k->duration_ns)
		append(dst, size, used, " has been in %s for %s%s", call(text, sizeof(text), k), least,
		       duration_format(time, sizeof(time), k->duration_ns));
	else
		append(dst, size, used, " is in %s", call(text, sizeof(text), k));
}

static void put_halted(char *dst, size_t size, size_t *used, const struct link_row *k)
{
	const char *what = k->state == LINK_FROZEN ? "frozen" : "stopped";
	const char *by = k->state == LINK_FROZEN ? "its cgroup" : "a signal";
	char time[DURATION_TEXT];

	if (k->duration_ns)
		append(dst, size, used, " has been %s for %s%s by %s", what, k->at_least ? "at least " : "",
		       duration_format(time, sizeof(time), k->duration_ns), by);
	else
		append(dst, size, used, " is %s by %s", what, by);
}

/* " is stopped by a signal", " has been in pause for 3.6 s". next: whom it waits for; NULL: not known. */
static void put_state(char *dst, size_t size, size_t *used, const struct link_row *k,
		      const struct link_row *next)
{
	switch (k->state) {
	case LINK_RUNS:
		append(dst, size, used, " is running");
		break;
	case LINK_BLOCKED:
		put_blocked(dst, size, used, k, next && is_lock(next->role));
		break;
	case LINK_STOPPED:
	case LINK_FROZEN:
		put_halted(dst, size, used, k);
		break;
	case LINK_TRACED:
		append(dst, size, used, " is stopped by a debugger");
		break;
	case LINK_ENDED:
		append(dst, size, used, " has ended and was not reaped");
		break;
	default:
		append(dst, size, used, " does something that could not be read");
	}
}

/* Nobody is at the other end, or was. */
static void put_nobody(char *dst, size_t size, size_t *used, const struct link_row *k)
{
	put_object(dst, size, used, k);
	switch (k->role) {
	case LINK_CHANGED_SEMAPHORE:
		append(dst, size, used, ", and no operation on its set so far");
		break;
	case LINK_RECEIVES:
		append(dst, size, used, ", and no process has read from it so far");
		break;
	case LINK_READS:
		append(dst, size, used, ", which no process has opened for reading");
		break;
	case LINK_WRITES:
		append(dst, size, used, ", which no process has opened for writing");
		break;
	default:
		append(dst, size, used, ", which no other process has open");
	}
}

/* Its last user has ended, or is the waiter's own process. */
static bool put_last_user(char *dst, size_t size, size_t *used, const struct link_row *k)
{
	if (k->state == LINK_ITSELF) {
		put_object(dst, size, used, k);
		append(dst, size, used, ", %s by its own process", k->held ? "held" : "last changed");
		return true;
	}
	if (k->state != LINK_GONE || (k->role != LINK_CHANGED_SEMAPHORE && k->role != LINK_RECEIVES))
		return false;
	put_object(dst, size, used, k);
	append(dst, size, used, ", last %s by process %d, which does not exist any more",
	       k->role == LINK_RECEIVES ? "read" : "changed", (int)k->pid);
	return true;
}

/* An owner that will not unlock. */
static bool put_lost(char *dst, size_t size, size_t *used, const struct link_row *k)
{
	if (put_last_user(dst, size, used, k))
		return true;
	if (k->state == LINK_LEFT)
		append(dst, size, used,
		       ", whose owner, thread %s (%d) of the parent (%d), does not exist here since the "
		       "fork: nobody will unlock it",
		       k->name ? k->name : "", (int)k->tid, (int)k->pid);
	else if (k->state == LINK_GONE)
		append(dst, size, used,
		       ", whose owner, thread %d, does not exist any more: nobody will unlock it",
		       (int)k->tid);
	else if (k->state == LINK_REUSED)
		append(dst, size, used,
		       ", whose owner has ended (thread %d, which has its TID now, was created later): "
		       "nobody "
		       "will unlock it",
		       (int)k->tid);
	else if (k->state == LINK_NOBODY)
		put_nobody(dst, size, used, k);
	else
		return false;
	return true;
}

static void put_from(char *dst, size_t size, size_t *used, const struct wait *wait, size_t first)
{
	for (size_t i = first; i < wait->chain_count; i++) {
		const struct link_row *k = &wait->chain[i];

		if (i >= SHOWN_LINKS && i + 1 < wait->chain_count) {
			append(dst, size, used, ", and on over %zu more processes to the last one",
			       wait->chain_count - 1 - i);
			k = &wait->chain[i = wait->chain_count - 1];
		}
		if (put_lost(dst, size, used, k))
			continue;
		put_role(dst, size, used, k);
		if (k->again) {
			append(dst, size, used, " again: a circle");
			return;
		}
		put_state(dst, size, used, k, i + 1 < wait->chain_count ? k + 1 : NULL);
	}
}

char *describe_links(char *dst, size_t size, const struct wait *wait)
{
	size_t used = 0;

	*dst = '\0';
	put_from(dst, size, &used, wait, 0);
	return dst;
}

char *describe_links_plain(char *dst, size_t size, const struct wait *wait)
{
	const struct link_row *k = wait->chain;
	char name[DESCRIBE_WAIT];
	size_t used = 0;

	*dst = '\0';
	if (!wait->chain_count || !k->pid)
		return dst;
	append(dst, size, &used, "%s", who(name, sizeof(name), k));
	put_state(dst, size, &used, k, wait->chain_count > 1 ? k + 1 : NULL);
	put_from(dst, size, &used, wait, 1);
	return dst;
}

char *describe_last_link(char *dst, size_t size, const struct wait *wait)
{
	const struct link_row *k = wait->chain_count ? &wait->chain[wait->chain_count - 1] : NULL;
	char name[DESCRIBE_WAIT];
	size_t used = 0;

	*dst = '\0';
	if (!k || !k->pid)
		return dst;
	append(dst, size, &used, "%s, which", who(name, sizeof(name), k));
	put_state(dst, size, &used, k, NULL);
	return dst;
}
