// SPDX-License-Identifier: GPL-2.0-or-later
#include "collect/files/call_addresses.h"

#include <string.h>
#include <sys/syscall.h>

#include "target/socket_addresses.h"
#include "util/text.h"

/* Where a call has its sockaddr, and how long that is. */
static bool place_of(const struct process *p, const struct sample_thread *t, uint64_t ret[2])
{
	switch (t->syscall) {
	case SYS_connect:
		ret[0] = t->args[1];
		ret[1] = t->args[2];
		return !t->path || starts_with(t->path, "socket:[");
	case SYS_sendto:
		ret[0] = t->args[4];
		ret[1] = t->args[5];
		return true;
	case SYS_sendmsg:
	case SYS_sendmmsg: /* the first two members of struct msghdr; of a list, of its first one */
		if (process__read(p, t->args[1], ret, 2 * sizeof(*ret)) != 2 * (ssize_t)sizeof(*ret))
			return false;
		ret[1] = (uint32_t)ret[1];
		return true;
	default:
		return false;
	}
}

static bool has_address(const struct sample_thread *t)
{
	return t->blocked && (t->syscall == SYS_connect || t->syscall == SYS_sendto ||
			      t->syscall == SYS_sendmsg || t->syscall == SYS_sendmmsg);
}

void call_addresses__name(struct targets *targets, struct sample *s)
{
	for (size_t i = 0; i < s->thread_count; i++) {
		struct sample_thread *t = &s->threads[i];
		struct target *target = has_address(t) ? targets__get(targets, t->pid) : NULL;
		char text[ADDRESS_TEXT];
		uint64_t place[2];

		if (target && place_of(target->process, t, place) &&
		    process__socket_address(target->process, place[0], place[1], text))
			t->path = arena__string(&s->arena, text);
	}
}
