/* SPDX-License-Identifier: GPL-2.0-or-later */
/* The addresses that connect and sendto are given. */
#ifndef TS_COLLECT_FILES_CALL_ADDRESSES_H
#define TS_COLLECT_FILES_CALL_ADDRESSES_H

#include "collect/targets/targets.h"
#include "facts/sample.h"

/* Fills path of threads that wait in such a call: a socket that is not connected has no name but that which
 * it is to be connected to, or to send to. Reads the targets' memory. Call it once sockets have their names.
 */
void call_addresses__name(struct targets *targets, struct sample *s);

#endif
