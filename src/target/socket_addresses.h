/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Addresses that a process passes to the kernel, as text: "10.0.0.1:514", "[::1]:514", "/dev/log", "@name".
 */
#ifndef TS_TARGET_SOCKET_ADDRESSES_H
#define TS_TARGET_SOCKET_ADDRESSES_H

#include "target/process.h"

#define ADDRESS_TEXT 144

/* Of the sockaddr of so many bytes at an address of its memory. False: unreadable, or of another family. */
bool process__socket_address(const struct process *p, uint64_t address, uint64_t bytes,
			     char dst[ADDRESS_TEXT]);

#endif
