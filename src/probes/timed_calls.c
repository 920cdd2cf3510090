// SPDX-License-Identifier: GPL-2.0-or-later
#include "probes/timed_calls.h"

#include <stddef.h>
#include <string.h>
#include <sys/syscall.h>

/* arm64 has only the calls that take a directory. */
static const struct {
	unsigned short number;
	__u8 form;
} CALLS[] = {
#ifdef SYS_open
	{SYS_open, TS_CALL_PATH},
	{SYS_creat, TS_CALL_PATH},
	{SYS_stat, TS_CALL_PATH},
	{SYS_lstat, TS_CALL_PATH},
	{SYS_access, TS_CALL_PATH},
	{SYS_unlink, TS_CALL_PATH},
	{SYS_rmdir, TS_CALL_PATH},
	{SYS_rename, TS_CALL_PATH},
	{SYS_mkdir, TS_CALL_PATH},
	{SYS_getdents, TS_CALL_FD | TS_CALL_BYTES},
#endif
#ifdef SYS_renameat
	{SYS_renameat, TS_CALL_PATH_AT},
#endif
	{SYS_openat, TS_CALL_PATH_AT},
	{437 /* openat2 */, TS_CALL_PATH_AT},
	{SYS_newfstatat, TS_CALL_PATH_AT},
	{SYS_statx, TS_CALL_PATH_AT},
	{SYS_fstat, TS_CALL_FD},
	{SYS_faccessat, TS_CALL_PATH_AT},
	{439 /* faccessat2 */, TS_CALL_PATH_AT},
	{SYS_unlinkat, TS_CALL_PATH_AT},
	{SYS_renameat2, TS_CALL_PATH_AT},
	{SYS_mkdirat, TS_CALL_PATH_AT},
	{SYS_getdents64, TS_CALL_FD | TS_CALL_BYTES},
	{SYS_connect, TS_CALL_ADDRESS},
	{SYS_sendto, TS_CALL_SEND | TS_CALL_BYTES},
	{SYS_sendmsg, TS_CALL_MESSAGE | TS_CALL_BYTES},
	{SYS_sendmmsg, TS_CALL_MESSAGE},
	{SYS_read, TS_CALL_FD | TS_CALL_BYTES},
	{SYS_pread64, TS_CALL_FD | TS_CALL_BYTES},
	{SYS_readv, TS_CALL_FD | TS_CALL_BYTES},
	{SYS_preadv, TS_CALL_FD | TS_CALL_BYTES},
	{SYS_preadv2, TS_CALL_FD | TS_CALL_BYTES},
	{SYS_recvfrom, TS_CALL_FD | TS_CALL_BYTES},
	{SYS_recvmsg, TS_CALL_FD | TS_CALL_BYTES},
	{SYS_recvmmsg, TS_CALL_FD},
};

void timed_calls__forms(__u8 ret[TS_CALL_NUMBERS])
{
	memset(ret, 0, TS_CALL_NUMBERS);
	for (size_t i = 0; i < sizeof(CALLS) / sizeof(CALLS[0]); i++)
		if (CALLS[i].number < TS_CALL_NUMBERS)
			ret[CALLS[i].number] = CALLS[i].form;
}
