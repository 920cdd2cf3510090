/* SPDX-License-Identifier: GPL-2.0-or-later */
/* The target's memory, read only. */
#include <errno.h>
#include <fcntl.h>
#include <sys/uio.h>
#include <unistd.h>

#include "target/bounded_open.h"
#include "target/process_private.h"

#define PAGE  4096u /* the smallest page size: pieces do not cross a page's end */
#define PARTS 32

/*
 * One call, split at page ends: partial transfers are only guaranteed between elements, and the page after
 * the top of a stack is often missing.
 */
static ssize_t read_some(pid_t tid, uint64_t address, uint8_t *buf, size_t len)
{
	struct iovec local, remote[PARTS];
	size_t n = 0, total = 0;
	ssize_t got;

	while (total < len && n < PARTS) {
		size_t piece = PAGE - (size_t)((address + total) & (PAGE - 1));

		if (piece > len - total)
			piece = len - total;
		remote[n].iov_base = (void *)(uintptr_t)(address + total);
		remote[n++].iov_len = piece;
		total += piece;
	}
	local.iov_base = buf;
	local.iov_len = total;
	got = process_vm_readv(tid, &local, 1, remote, n, 0);
	return got < 0 ? -errno : got;
}

/* If a seccomp filter forbids process_vm_readv. */
static ssize_t read_mem_file(const struct process *p, uint64_t address, void *buf, size_t len)
{
	int fd = openat(p->live_dir, "mem", O_RDONLY | O_CLOEXEC);
	ssize_t got;

	if (fd < 0)
		return -errno;
	got = pread(fd, buf, len, (off_t)address);
	if (got < 0)
		got = errno == EIO ? -EFAULT : -errno;
	close(fd);
	return got ? got : -ESRCH;
}

static ssize_t read_part(const struct process *p, uint64_t address, void *buf, size_t len)
{
	ssize_t got = read_some(p->live, address, buf, len);

	if (got == -ESRCH && process__alive(p) && process__find_live((struct process *)p) == 0)
		got = read_some(p->live, address, buf, len);
	if (got == -ENOSYS || got == -EPERM) {
		ssize_t other = read_mem_file(p, address, buf, len);

		if (other > 0 || got == -ENOSYS)
			got = other;
	}
	return got;
}

/*
 * The number of bytes, page by page from its start, that are in memory or swapped out: reading another page
 * of a mapped file would need the file server. Documentation/admin-guide/mm/pagemap.rst
 */
static size_t resident(const struct process *p, uint64_t address, size_t len)
{
	uint64_t page = (uint64_t)sysconf(_SC_PAGESIZE), entry;
	int fd = openat(p->live_dir, "pagemap", O_RDONLY | O_CLOEXEC);
	uint64_t at = address;

	while (fd >= 0 && at - address < len) {
		if (pread(fd, &entry, sizeof(entry), (off_t)(at / page * sizeof(entry))) != sizeof(entry) ||
		    !(entry >> 62))
			break;
		at = (at / page + 1) * page;
	}
	if (fd >= 0)
		close(fd);
	return at - address < len ? at - address : len;
}

ssize_t process__read(const struct process *p, uint64_t address, void *buf, size_t len)
{
	size_t done = 0;
	ssize_t got = 0;

	if (!len)
		return 0;
	if (process__silent(p))
		return -ETIMEDOUT;
	if (address + len < address)
		len = (size_t)(0 - address);
	if (files_unanswered())
		len = resident(p, address, len);
	while (done < len) {
		got = read_part(p, address + done, (uint8_t *)buf + done, len - done);
		if (got <= 0)
			break;
		done += (size_t)got;
	}
	/* process_vm_readv takes a PID: the data is valid only if the process still has this PID. */
	if (done && !process__alive(p))
		return -ESRCH;
	if (!done)
		return got < 0 ? got : -EFAULT;
	return (ssize_t)done;
}
