// SPDX-License-Identifier: GPL-2.0-or-later
/* Who reads what is written to a pseudoterminal, and who writes what its master reads. */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>

#include "collect/links/links_private.h"
#include "target/terminals.h"
#include "util/text.h"

#define ENDS 64

/* Another process than the waiter comes first. */
static void take(const struct waiter *w, struct open_end e, struct step *ret)
{
	if (e.pid == ret->pid)
		return;
	if (ret->pid && ret->pid != w->pid && e.pid != w->pid) {
		ret->more++;
	} else if (!ret->pid || ret->pid == w->pid) {
		ret->pid = e.pid;
		ret->only_fd = e.fd + 1;
	}
}

static bool find_masters(struct links *l, const struct waiter *w, uint64_t number, struct step *ret)
{
	/* The last two are a container's, as a process outside of it has it open. */
	static const char *const LINKS[] = {"/dev/ptmx", "/dev/pts/ptmx", "/ptmx", "/pts/ptmx"};
	const struct open_end slave = {w->pid, (int)w->args[0]};
	struct open_end ends[ENDS];
	uint64_t of_master;

	for (size_t i = 0; i < sizeof(LINKS) / sizeof(LINKS[0]); i++) {
		size_t count = open_files__find(links__open(l), LINKS[i], ends, ENDS);

		for (size_t k = 0; k < count; k++)
			if (terminal__of_master(ends[k], &of_master) && of_master == number &&
			    terminals__same_instance(ends[k], slave))
				take(w, ends[k], ret);
		if (ret->pid && !*ret->object)
			snprintf(ret->object, sizeof(ret->object), "%s", LINKS[i]);
	}
	return ret->pid > 0;
}

static bool find_slaves(struct links *l, const struct waiter *w, uint64_t number, struct step *ret)
{
	const struct open_end master = {w->pid, (int)w->args[0]};
	struct open_end ends[ENDS];
	size_t count;

	snprintf(ret->object, sizeof(ret->object), "/dev/pts/%llu", (unsigned long long)number);
	count = open_files__find(links__open(l), ret->object, ends, ENDS);
	for (size_t i = 0; i < count; i++)
		if (terminals__same_instance(master, ends[i]))
			take(w, ends[i], ret);
	ret->only_fd = 0;
	return ret->pid > 0;
}

bool link_step__terminal(struct links *l, const struct waiter *w, bool writes, struct step *ret)
{
	struct open_end own = {w->pid, (int)w->args[0]};
	char link[OPEN_LINK];
	uint64_t number;

	*ret = (struct step){.role = writes ? LINK_READS : LINK_WRITES};
	if (!open_end__link(own, link))
		return false;
	/* What a shell reads comes from a person: who has the master does not hold it up. */
	if (terminal__of_slave(link, &number))
		return writes && find_masters(l, w, number, ret);
	return !writes && terminal__of_master(own, &number) && find_slaves(l, w, number, ret);
}
