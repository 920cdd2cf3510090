// SPDX-License-Identifier: GPL-2.0-or-later
#include "collect/threads/compat_calls.h"

#include <fcntl.h>
#include <stddef.h>
#include <sys/syscall.h>

#define CALL32_FCNTL64   221
#define COMMAND_SETLKW64 14 /* F_SETLKW64 of 32-bit programs: include/uapi/asm-generic/fcntl.h */

/*
 * Those in which a thread waits, by their numbers in arch/x86/entry/syscalls/syscall_32.tbl; what differs
 * otherwise (a time in 32 bits, an offset in two halves) is not looked at. socketcall and ipc, which stand
 * for many calls, are missing: glibc has not used them since 2.23.
 */
static const struct {
	uint16_t from, to;
} CALLS[] = {
	{3, SYS_read},
	{4, SYS_write},
	{5, SYS_open},
	{6, SYS_close},
	{7, SYS_wait4}, /* waitpid */
	{10, SYS_unlink},
	{29, SYS_pause},
	{33, SYS_access},
	{36, SYS_sync},
	{38, SYS_rename},
	{39, SYS_mkdir},
	{54, SYS_ioctl},
	{55, SYS_fcntl},
	{72, SYS_rt_sigsuspend}, /* sigsuspend */
	{93, SYS_ftruncate},
	{114, SYS_wait4},
	{118, SYS_fsync},
	{120, SYS_clone},
	{142, SYS_select},
	{143, SYS_flock},
	{144, SYS_msync},
	{145, SYS_readv},
	{146, SYS_writev},
	{148, SYS_fdatasync},
	{162, SYS_nanosleep},
	{168, SYS_poll},
	{177, SYS_rt_sigtimedwait},
	{179, SYS_rt_sigsuspend},
	{180, SYS_pread64},
	{181, SYS_pwrite64},
	{187, SYS_sendfile},
	{190, SYS_vfork},
	{195, SYS_stat},
	{196, SYS_lstat},
	{197, SYS_fstat},
	{220, SYS_getdents64},
	{CALL32_FCNTL64, SYS_fcntl},
	{239, SYS_sendfile},
	{240, SYS_futex},
	{256, SYS_epoll_wait},
	{267, SYS_clock_nanosleep},
	{284, SYS_waitid},
	{295, SYS_openat},
	{308, SYS_pselect6},
	{309, SYS_ppoll},
	{314, SYS_sync_file_range},
	{319, SYS_epoll_pwait},
	{324, SYS_fallocate},
	{333, SYS_preadv},
	{334, SYS_pwritev},
	{337, SYS_recvmmsg},
	{344, SYS_syncfs},
	{345, SYS_sendmmsg},
	{362, SYS_connect},
	{364, SYS_accept4},
	{369, SYS_sendto},
	{370, SYS_sendmsg},
	{371, SYS_recvfrom},
	{372, SYS_recvmsg},
	{378, SYS_preadv2},
	{379, SYS_pwritev2},
	{407, SYS_clock_nanosleep}, /* from here on with times in 64 bits */
	{413, SYS_pselect6},
	{414, SYS_ppoll},
	{417, SYS_recvmmsg},
	{421, SYS_rt_sigtimedwait},
	{422, SYS_futex},
	{426, SYS_io_uring_enter},
	{435, SYS_clone3},
	{441, SYS_epoll_pwait2},
};

/* ebx, ecx, edx, esi, edi, ebp by their DWARF numbers */
static const uint8_t ARGUMENTS[6] = {3, 2, 1, 4, 5, 6};

bool compat_calls__translate(const struct ts_thread *t, long *ret_call, uint64_t ret_args[6])
{
	size_t i = 0;

	if (!(t->flags & TS_THREAD_REGS) || !(t->flags & TS_THREAD_SYSCALL))
		return false;
	while (i < sizeof(CALLS) / sizeof(CALLS[0]) && CALLS[i].from != t->syscall)
		i++;
	if (i == sizeof(CALLS) / sizeof(CALLS[0]))
		return false;
	*ret_call = CALLS[i].to;
	for (size_t k = 0; k < 6; k++)
		ret_args[k] = (uint32_t)t->regs.r[ARGUMENTS[k]];
	if (CALLS[i].from == CALL32_FCNTL64 && ret_args[1] == COMMAND_SETLKW64)
		ret_args[1] = F_SETLKW;
	return true;
}
