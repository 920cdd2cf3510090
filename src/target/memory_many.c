/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Many small pieces of the target's memory in few system calls. */
#include <errno.h>
#include <sys/uio.h>

#include "target/bounded_open.h"
#include "target/process_private.h"

#define PIECES 512 /* per call; the kernel accepts 1,024 */

/* Reads list[0..n). Returns the number of complete pieces before the first incomplete one, or a negative
 * errno. */
static ssize_t read_pieces(pid_t tid, const struct memory_piece *list, size_t n)
{
	struct iovec local[PIECES], remote[PIECES];
	size_t done = 0;
	size_t i = 0;
	ssize_t got;

	do { /* n is not 0 */
		local[i] = (struct iovec){.iov_base = list[i].buf, .iov_len = list[i].len};
		remote[i] = (struct iovec){.iov_base = (void *)(uintptr_t)list[i].address,
					   .iov_len = list[i].len};
	} while (++i < n);
	got = process_vm_readv(tid, local, n, remote, n, 0);
	if (got < 0)
		return -errno;
	while (done < n && (size_t)got >= list[done].len)
		got -= (ssize_t)list[done++].len;
	return (ssize_t)done;
}

int process__read_many(const struct process *p, struct memory_piece *list, size_t n)
{
	size_t i = 0;

	while (i < n) {
		size_t count = n - i < PIECES ? n - i : PIECES;
		ssize_t whole =
			process__silent(p) || files_unanswered() ? 0 : read_pieces(p->live, list + i, count);

		if (whole < 0)
			whole = 0; /* the single read below finds the reason, and has fallbacks */
		for (ssize_t k = 0; k < whole; k++)
			list[i + (size_t)k].got = (ssize_t)list[i + (size_t)k].len;
		i += (size_t)whole;
		if (i < n && (size_t)whole < count) {
			list[i].got = process__read(p, list[i].address, list[i].buf, list[i].len);
			if (list[i].got == -ESRCH || list[i].got == -EPERM)
				return (int)list[i].got;
			i++;
		}
	}
	return process__alive(p) ? 0 : -ESRCH;
}
