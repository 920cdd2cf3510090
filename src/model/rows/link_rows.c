// SPDX-License-Identifier: GPL-2.0-or-later
#include "model/rows/rows.h"
#include "facts/calls.h"

const struct link_row *row__links(struct arena *a, const struct sample *s)
{
	struct link_row *rows = ARENA_NEW(a, struct link_row, s->link_count + 1);

	for (size_t i = 0; i < s->link_count; i++) {
		const struct sample_link *k = &s->links[i];

		rows[i] = (struct link_row){.role = k->role,
					    .state = k->state,
					    .pid = k->pid,
					    .tid = k->tid,
					    .name = k->name,
					    .threads = k->threads,
					    .one_of = k->one_of,
					    .serves = k->serves,
					    .more = k->more,
					    .syscall = syscall_name(k->syscall),
					    .file = k->path,
					    .duration_ns = k->since_ns,
					    .at_least = k->at_least,
					    .again = k->again,
					    .queued = k->queued,
					    .backlog = k->backlog,
					    .value = k->value,
					    .messages = k->messages,
					    .bytes = k->bytes,
					    .room_bytes = k->room_bytes,
					    .gives = k->gives,
					    .held = k->held};
	}
	return rows;
}

void row__chain(struct thread_row *row, const struct sample *s, const struct sample_thread *t,
		const struct link_row *links)
{
	size_t first = t->link, count = 1;

	if (!row->blocked || !first || first > s->link_count)
		return;
	/* The collector writes the links of a chain one after the other; a file may say anything. */
	while (first - 1 + count < s->link_count && s->links[first - 2 + count].next == first + count)
		count++;
	row->wait.chain = &links[first - 1];
	row->wait.chain_count = count;
	/* The call alone did not say that another process holds it up. */
	if (row->wait.class == WAIT_CLASS_UNKNOWN && link_role__holds_up(links[first - 1].role)) {
		row->wait.class = WAIT_CLASS_BLOCKED;
		row->wait.reason = WAIT_REASON_CALL;
		row->wait.what = NULL;
		row->wait.function = NULL;
	}
}
