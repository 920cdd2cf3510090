// SPDX-License-Identifier: GPL-2.0-or-later
#include "target/helper_memory.h"

#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <string.h>
#include <sys/uio.h>
#include <unistd.h>

#include "target/open_helper.h"
#include "target/patience.h"
#include "util/clock.h"
#include "util/heap.h"

/* Pieces between two signs of progress: of one long piece fewer, as each of its pages may take a file server
 * a while. */
#define AT_ONCE       HELPER_PIECES
#define PAGES_AT_ONCE 32

/* ---- in the helper ------------------------------------------------------------ */

static int open_file_of(pid_t tid, const char *name)
{
	char path[64];
	int fd;

	snprintf(path, sizeof(path), "/proc/%d/%s", (int)tid, name);
	fd = open(path, O_RDONLY | O_CLOEXEC);
	return fd < 0 ? -errno : fd;
}

/* If a seccomp filter forbids process_vm_readv. */
static ssize_t read_by_file(pid_t tid, uint8_t *to, const struct iovec *from, size_t n)
{
	int fd = open_file_of(tid, "mem");
	ssize_t total = 0, got = 0;

	if (fd < 0)
		return fd;
	for (size_t i = 0; i < n; i++) {
		got = pread(fd, to + total, from[i].iov_len, (off_t)(uintptr_t)from[i].iov_base);
		if (got > 0)
			total += got;
		if (got != (ssize_t)from[i].iov_len)
			break;
	}
	if (got < 0)
		got = errno == EIO ? -EFAULT : -errno;
	close(fd);
	if (total)
		return total;
	return got ? got : -ESRCH;
}

static ssize_t read_pieces(pid_t tid, uint8_t *to, const struct iovec *from, size_t n)
{
	struct iovec local = {.iov_base = to};
	ssize_t got, other;

	for (size_t i = 0; i < n; i++)
		local.iov_len += from[i].iov_len;
	got = process_vm_readv(tid, &local, 1, from, n, 0);
	if (got >= 0)
		return got;
	got = -errno;
	if (got != -ENOSYS && got != -EPERM)
		return got;
	other = read_by_file(tid, to, from, n);
	return other > 0 || got == -ENOSYS ? other : got;
}

/* How much of it, from its start, is in pages that need no server. Documentation/admin-guide/mm/pagemap.rst
 */
static uint64_t present_bytes(int pagemap, uint64_t address, uint64_t bytes)
{
	uint64_t page = (uint64_t)sysconf(_SC_PAGESIZE), entry, at = address;

	while (at - address < bytes) {
		if (pread(pagemap, &entry, sizeof(entry), (off_t)(at / page * sizeof(entry))) !=
			    sizeof(entry) ||
		    !(entry >> 62)) /* neither in memory nor swapped out */
			break;
		at = (at / page + 1) * page;
	}
	return at - address < bytes ? at - address : bytes;
}

/* Shortens the list to what is present. */
static size_t keep_present(pid_t tid, struct iovec *from, size_t n)
{
	int pagemap = open_file_of(tid, "pagemap");
	bool whole = true;
	size_t i = 0;

	while (pagemap >= 0 && whole && i < n) {
		size_t wanted = from[i].iov_len;

		from[i].iov_len = present_bytes(pagemap, (uintptr_t)from[i].iov_base, wanted);
		whole = from[i].iov_len == wanted;
		i += whole || from[i].iov_len;
	}
	if (pagemap >= 0)
		close(pagemap);
	return i;
}

/* How many of the pieces, from the first, are complete with that many bytes. */
static size_t complete(const struct helper_piece *pieces, size_t n, ssize_t bytes)
{
	size_t i = 0;

	while (i < n && bytes >= (ssize_t)pieces[i].bytes)
		bytes -= (ssize_t)pieces[i++].bytes;
	return i;
}

/* Some pieces, at to. Returns how many are done with: at least one. */
static size_t read_batch(struct helper_piece *pieces, size_t n, uint8_t *to, const struct memory_request *o)
{
	struct iovec from[AT_ONCE];
	size_t asked = n, whole;
	ssize_t got;

	memset(from, 0, n * sizeof(*from));
	for (size_t i = 0; i < n; i++)
		from[i] = (struct iovec){(void *)(uintptr_t)pieces[i].address, pieces[i].bytes};
	if (o->present)
		asked = keep_present(o->tid, from, n);
	got = asked ? read_pieces(o->tid, to, from, asked) : -EFAULT;
	whole = got > 0 ? complete(pieces, n, got) : 0;
	for (size_t i = 0; i < whole; i++)
		pieces[i].got = (ssize_t)pieces[i].bytes;
	if (!whole)
		pieces[0].got = got ? got : -EFAULT;
	return whole ? whole : 1;
}

void helper_room__read(struct helper_room *room, const struct memory_request *o)
{
	struct helper_half *half = &room->halves[o->half];
	size_t done = 0, at = 0, most = o->one ? PAGES_AT_ONCE : AT_ONCE;

	while (done < o->count) {
		size_t n = o->count - done < most ? o->count - done : most;
		struct helper_piece *next = half->pieces + done;
		ssize_t first;

		n = read_batch(next, n, half->data + at, o);
		first = next->got;
		atomic_fetch_add(&room->progress, 1);
		for (size_t i = 0; i < n; i++)
			at += next[i].bytes;
		done += n;
		if (first == -ESRCH || first == -EPERM || (o->one && first != (ssize_t)next->bytes))
			break;
	}
	for (; done < o->count; done++)
		half->pieces[done].got = -EFAULT;
}

/* ---- in this process ------------------------------------------------------------- */

static void add_pieces(struct helper_room *room, const struct memory_request *o,
		       const struct memory_piece *list)
{
	struct helper_piece *to = room->halves[o->half].pieces;

	for (size_t i = 0; i < o->count; i++)
		to[i] = (struct helper_piece){.address = list[i].address, .bytes = list[i].len};
}

static void take_pieces(const struct helper_room *room, const struct memory_request *o,
			struct memory_piece *list)
{
	const struct helper_half *half = &room->halves[o->half];
	const uint8_t *from = half->data;

	for (size_t i = 0; i < o->count; i++) {
		ssize_t got = half->pieces[i].got;

		if (got > (ssize_t)list[i].len)
			got = (ssize_t)list[i].len;
		list[i].got = got;
		if (got > 0)
			memcpy(list[i].buf, from, (size_t)got);
		from += list[i].len;
	}
}

/*
 * At a limit on processes, which may be why threadscope was started, there is no helper. Then only what is
 * present is read, in this process.
 */
static struct helper_room *own_room(void)
{
	static struct helper_room *own;

	if (open_helper__any())
		return NULL;
	if (!own)
		own = heap__alloc(sizeof(*own));
	return own;
}

static void read_here(struct helper_room *own, const struct memory_request *o, struct memory_piece *list)
{
	struct memory_request present = *o;

	present.present = true;
	add_pieces(own, o, list);
	helper_room__read(own, &present);
	take_pieces(own, o, list);
}

int helper_memory__begin(const struct memory_request *o, const struct memory_piece *list)
{
	struct open_request r = {.fd = -1, .memory = *o};
	struct helper_room *room = open_helper__room();

	if (!room)
		return -ETIMEDOUT;
	add_pieces(room, o, list);
	return open_helper__begin(&r);
}

/* What gives no answer has its time, and costs what it took. */
int helper_memory__end(const struct memory_request *o, struct memory_piece *list)
{
	uint64_t left = patience__left(), from = monotonic_ns();
	struct open_reply reply;
	int err;

	if (left < LATER_NS)
		left = LATER_NS;
	err = open_helper__end(left < SILENCE_NS ? left : SILENCE_NS, &reply);
	if (err == -ETIMEDOUT)
		patience__spend(monotonic_ns() - from);
	if (!err)
		take_pieces(open_helper__room(), o, list);
	return err;
}

int helper_memory__read(const struct memory_request *o, struct memory_piece *list)
{
	struct helper_room *own = open_helper__room() ? NULL : own_room();
	int err;

	if (own) {
		read_here(own, o, list);
		return 0;
	}
	err = helper_memory__begin(o, list);
	return err ? err : helper_memory__end(o, list);
}
