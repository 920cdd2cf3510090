/* SPDX-License-Identifier: GPL-2.0-or-later */
/* The device of a write or sync that is held up, and who writes most to it. Plain data. */
#ifndef TS_FACTS_DEVICES_H
#define TS_FACTS_DEVICES_H

#include <stdint.h>
#include <sys/types.h>

#include "util/field.h"

/* clang-format off */
#define SAMPLE_DEVICE_FIELDS(F) \
	F(uint32_t, dev, NUMBER, "", "of the file system, as in the key of a file") \
	F(const char *, disk, TEXT, "", "the disk that it is on, or a part of: \"sda\"") \
	F(pid_t, pid, PID, "", "the process that has written most to that disk") \
	F(const char *, comm, NAME, "", "its name, as its main thread's") \
	F(uint64_t, bytes, NUMBER, "bytes", "that it has written: pages made dirty, and writes past the page cache") \
	F(uint64_t, all_bytes, NUMBER, "bytes", "that all processes have") \
	F(uint64_t, over_ns, NUMBER, "ns", "in that time, up to the sample")
struct sample_device {
	SAMPLE_DEVICE_FIELDS(FIELD_MEMBER)
};
/* clang-format on */

#endif
