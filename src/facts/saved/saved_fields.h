/* SPDX-License-Identifier: GPL-2.0-or-later */
/* The numbers of a file's row in a saved sample, under their own names: one list for both directions. */
#ifndef TS_FACTS_SAVED_SAVED_FIELDS_H
#define TS_FACTS_SAVED_SAVED_FIELDS_H

#define FILE_NUMBERS(X)   \
	X(bytes)          \
	X(short_writes)   \
	X(missed_ends)    \
	X(last_ns)        \
	X(last_sync_ns)   \
	X(writers)        \
	X(flags)          \
	X(not_append)     \
	X(torn_lines)     \
	X(partial_writes) \
	X(overwrites)     \
	X(synced_ns)      \
	X(synced_bytes)   \
	X(synced_writes)  \
	X(safe_bytes)     \
	X(safe_writes)    \
	X(synced_fs_ns)   \
	X(sync_ns)        \
	X(single_syncs)   \
	X(sync_tid)       \
	X(syncers)        \
	X(uring_writes)   \
	X(uring_syncs)

#endif
