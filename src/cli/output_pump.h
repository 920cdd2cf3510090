/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * A small process ("ts-output") that reads what a command prints and hands it to the screen. It reads as fast
 * as the command writes, whatever the screen does: a screen that is busy, stopped or gone never holds the
 * command up, nor ends it with SIGPIPE. It ends when all that could still print have ended.
 */
#ifndef TS_CLI_OUTPUT_PUMP_H
#define TS_CLI_OUTPUT_PUMP_H

#include <stdint.h>
#include <sys/types.h>

/* What it hands over: packets (SOCK_SEQPACKET) of this head and up to OUTPUT_PACKET_BYTES. */
#define OUTPUT_PACKET_BYTES 32128u
#define OUTPUT_PACKET_END   2u /* as stream: both have ended, and it ends, too */

struct output_packet {
	uint32_t stream; /* 0: standard output, 1: standard error */
	uint32_t reserved;
	uint64_t lost;    /* bytes of either that were left out before it: the screen took them too slowly */
	uint64_t wall_ns; /* when it was read */
};

/*
 * Starts it, before this process has threads. writers: for the command's standard output and error; both are
 * to be closed once the command has them. *ret_fd: its packets. The caller reaps *ret_pid after their end.
 * All are closed on exec. 0 or a negative errno.
 */
int output_pump__start(int ret_writers[2], int *ret_fd, pid_t *ret_pid);

#endif
