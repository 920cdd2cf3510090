/* SPDX-License-Identifier: GPL-2.0-or-later */
/* What a saved file has beside samples. Plain data. */
#ifndef TS_FACTS_SAVED_HEAD_H
#define TS_FACTS_SAVED_HEAD_H

#include "util/field.h"

/* clang-format off */
#define SAVED_HEAD_FIELDS(F) \
	F(bool, snapshot, FLAG, "", "samples are snapshots, each after a saved_snapshot; else of top") \
	F(bool, every_process, FLAG, "", "top without targets") \
	F(uint64_t, since_ns, NUMBER, "ns", "when a run that goes on here was attached, CLOCK_MONOTONIC; 0: at the first sample") \
	F(uint32_t, calls, NUMBER, "", "enum call_numbers: whose the numbers of system calls are; 0: see the samples' arch")
struct saved_head {
	SAVED_HEAD_FIELDS(FIELD_MEMBER)
};

#define SAVED_SNAPSHOT_FIELDS(F) \
	F(uint64_t, wall_ns, NUMBER, "ns", "that the command had taken") \
	F(uint64_t, number, RANGE(1, UINT32_MAX), "", "which of several of its process, from 1") \
	F(uint64_t, of, RANGE(1, UINT32_MAX), "", "how many there are; 1: alone")
struct saved_snapshot {
	SAVED_SNAPSHOT_FIELDS(FIELD_MEMBER)
};

/* Of a collector, in front of a sample or at the end; no file has one. */
#define SAVED_NOTE_FIELDS(F) \
	F(bool, look, FLAG, "", "the sample is a first look, not the base line") \
	F(bool, end, FLAG, "", "no further sample follows") \
	F(int, status, RANGE(0, 255), "", "then: the exit status") \
	F(uint64_t, skipped, NUMBER, "", "intervals without a sample just before this one: the reader was behind") \
	F(int, ended, RANGE(0, INT32_MAX), "", "of snapshots: this process has ended, none of it follows; 0: none has") \
	F(bool, round, FLAG, "", "of snapshots: there is one of each process") \
	F(uint64_t, workers, NUMBER, "", "children of the single target with its name, which are not observed")
struct saved_note {
	SAVED_NOTE_FIELDS(FIELD_MEMBER)
};
/* clang-format on */

#endif
