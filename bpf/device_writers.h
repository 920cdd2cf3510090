/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Part of the contract: what processes have written to each device, as bpf/device_writers.bpf.c counts it. */
#ifndef THREADSCOPE_DEVICE_WRITERS_H
#define THREADSCOPE_DEVICE_WRITERS_H

#include "threadscope.h"

#define TS_DEVICE_WRITERS 4096

struct ts_device_writer_key {
	__u32 dev;  /* of the file system, or of the device that is written itself: kernel's dev_t */
	__u32 tgid; /* the kernel's own; 0: kernel threads that write what others have written */
};

struct ts_device_writer {
	__u64 bytes;            /* of pages made dirty, and of writes past the page cache */
	__u32 pid;              /* as threadscope sees it; 0: it does not */
	char comm[TS_COMM_LEN]; /* of its main thread */
	__u32 pad;
};

TS_SIZE(struct ts_device_writer_key, 8);
TS_SIZE(struct ts_device_writer, 32);

#endif
