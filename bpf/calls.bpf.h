/* SPDX-License-Identifier: GPL-2.0-or-later */
#ifndef TS_CALLS_BPF_H
#define TS_CALLS_BPF_H

/* The calls that are writes and syncs, the most common ones first. */
static __always_inline u32 io_kind(u64 nr)
{
	if (nr == NR_write)
		return TS_IO_WRITE;
	switch (nr) {
	case NR_pwrite64:
	case NR_writev:
	case NR_pwritev:
	case NR_pwritev2:
	case NR_sendto:
	case NR_sendmsg:
	case NR_sendmmsg:
	case NR_sendfile:
	case NR_splice:
	case NR_copy_file_range:
		return TS_IO_WRITE;
	case NR_fsync:
	case NR_fdatasync:
	case NR_syncfs:
	case NR_close: /* where the file system flushes on close */
	case NR_sync_file_range:
	case NR_msync:
		return TS_IO_SYNC;
	}
	return TS_IO_NONE;
}

#endif
