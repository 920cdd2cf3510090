/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * The target's memory, read only, by the helper: a page may never come. A process that has not answered once
 * is read with doubt: only what needs no other's answer. If it does not answer then, it is left alone for a
 * while.
 */
#include <errno.h>

#include "target/bounded_open.h"
#include "target/helper_memory.h"
#include "target/open_helper.h"
#include "target/process_private.h"
#include "target/silence.h"
#include "util/clock.h"

#define PAGE  4096u /* the smallest page size: pieces do not cross a page's end */
#define PARTS (HELPER_BYTES / PAGE)

void process__doubt(const struct process *p)
{
	struct silence *s = silence__add(p);

	if (s->doubtful)
		s->until_ns = monotonic_ns() + SILENT_NS;
	s->doubtful = true;
}

bool process__doubtful(const struct process *p)
{
	const struct silence *s = silence__find(p);

	return (s && s->doubtful) || process__silent(p);
}

uint64_t process__unanswered(const struct process *p)
{
	const struct silence *s = silence__find(p);

	return s ? s->unanswered : 0;
}

/* Each of them keeps a helper: with all that may be left, processes that answer could not be read either. */
static bool many_are_silent(void)
{
	return open_helper__left() >= OPEN_HELPERS_LEFT / 2;
}

bool process__answers(const struct process *p)
{
	return !process__doubtful(p) && !files_unanswered() && !many_are_silent();
}

int process__read_pieces(const struct process *p, struct memory_piece *list, size_t n, bool one)
{
	struct memory_request o = {.tid = p->live, .count = (uint32_t)n, .one = one};
	bool with_doubt;
	int err;

	do {
		if (process__silent(p))
			return -ETIMEDOUT;
		with_doubt = process__doubtful(p);
		o.present = !process__answers(p);
		err = helper_memory__read(&o, list);
		if (err == -ETIMEDOUT)
			process__doubt(p);
	} while (err == -ETIMEDOUT && !with_doubt);
	return err;
}

/*
 * Split at page ends: partial transfers are only guaranteed between elements, and the page after the top of a
 * stack is often missing.
 */
static ssize_t read_some(const struct process *p, uint64_t address, uint8_t *buf, size_t len)
{
	struct memory_piece list[PARTS];
	size_t n = 0, total = 0;
	ssize_t got = 0;
	int err;

	while (total < len && n < PARTS) {
		size_t piece = PAGE - (size_t)((address + total) & (PAGE - 1));

		if (piece > len - total)
			piece = len - total;
		list[n++] =
			(struct memory_piece){.address = address + total, .buf = buf + total, .len = piece};
		total += piece;
	}
	err = process__read_pieces(p, list, n, true);
	for (size_t i = 0; !err && i < n && list[i].got > 0; i++) {
		got += list[i].got;
		if (list[i].got != (ssize_t)list[i].len)
			break;
	}
	return err ? err : got ? got : list[0].got;
}

static ssize_t read_part(const struct process *p, uint64_t address, uint8_t *buf, size_t len)
{
	ssize_t got = read_some(p, address, buf, len);

	if (got == -ESRCH && process__alive(p) && process__find_live((struct process *)p) == 0)
		got = read_some(p, address, buf, len);
	return got;
}

ssize_t process__read(const struct process *p, uint64_t address, void *buf, size_t len)
{
	size_t done = 0;
	ssize_t got = 0;

	if (!len)
		return 0;
	if (address + len < address)
		len = (size_t)(0 - address);
	while (done < len) {
		got = read_part(p, address + done, (uint8_t *)buf + done, len - done);
		if (got <= 0)
			break;
		done += (size_t)got;
	}
	/* Memory is read by PID: the data is valid only if the process still has this PID. */
	if (done && !process__alive(p))
		return -ESRCH;
	if (!done)
		return got < 0 ? got : -EFAULT;
	return (ssize_t)done;
}
