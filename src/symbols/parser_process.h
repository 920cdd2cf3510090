/* SPDX-License-Identifier: GPL-2.0-or-later */
/* The life of the process that parses (parser.h), from outside. */
#ifndef TS_SYMBOLS_PARSER_PROCESS_H
#define TS_SYMBOLS_PARSER_PROCESS_H

#include <stdbool.h>
#include <stdint.h>

#define PARSER_SLICE_NS 20000000ull /* after which sending and receiving give EAGAIN */

/* Starts one if none runs. A number that no other has had; 0: none can be started, or too many have died. */
uint64_t parser_process__ready(void);
/* 0: none runs. */
uint64_t parser_process__current(void);
/* While one runs. */
int parser_process__socket(void);
/* CPU time since the last call. */
uint64_t parser_process__spent(void);
/* It has work, and at most lacks a CPU. */
bool parser_process__is_runnable(void);
/* Gives it up. It may be in a read that not even SIGKILL ends: nothing waits for it. */
void parser_process__stop(void);
/* Of all that there were, as far as it was asked for. */
uint64_t parser_process__cpu_ns(void);

#endif
