/* SPDX-License-Identifier: GPL-2.0-or-later */
/* The table of facts: the description of each struct that a sample is made of, from its rows. */
#ifndef TS_FACTS_FIELDS_H
#define TS_FACTS_FIELDS_H

#include "facts/kernel_fields.h"
#include "facts/sample.h"
#include "facts/saved_head.h"

/* T(struct, rows, shared): each after those that it contains. */
#define FACTS_TABLES(T)                                           \
	T(frame, FRAME_FIELDS, true)                              \
	T(call_stack, CALL_STACK_FIELDS, true)                    \
	T(thread_limit, THREAD_LIMIT_FIELDS, false)               \
	T(thread_limits, THREAD_LIMITS_FIELDS, false)             \
	T(slow_calls, SLOW_CALLS_FIELDS, false)                   \
	T(slow_call, SLOW_CALL_FIELDS, false)                     \
	T(ts_account, TS_ACCOUNT_FIELDS, false)                   \
	T(ts_halt, TS_HALT_FIELDS, false)                         \
	T(ts_file_key, TS_FILE_KEY_FIELDS, false)                 \
	T(ts_request_key, TS_REQUEST_KEY_FIELDS, false)           \
	T(ts_latency, TS_LATENCY_FIELDS, false)                   \
	T(ts_tail, TS_TAIL_FIELDS, false)                         \
	T(ts_file, TS_FILE_FIELDS, false)                         \
	T(go_wait, GO_WAIT_FIELDS, false)                         \
	T(go_label, GO_LABEL_FIELDS, false)                       \
	T(go_label_set, GO_LABEL_SET_FIELDS, false)               \
	T(go_pipe_end, GO_PIPE_END_FIELDS, false)                 \
	T(go_group, GO_GROUP_FIELDS, false)                       \
	T(go_row, GO_ROW_FIELDS, false)                           \
	T(go_reader, GO_READER_FIELDS, false)                     \
	T(go_queue, GO_QUEUE_FIELDS, false)                       \
	T(go_holder, GO_HOLDER_FIELDS, false)                     \
	T(go_lock, GO_LOCK_FIELDS, false)                         \
	T(go_scheduler, GO_SCHEDULER_FIELDS, false)               \
	T(go_state, GO_STATE_FIELDS, false)                       \
	T(go_leaks, GO_LEAKS_FIELDS, false)                       \
	T(go_timer_kind, GO_TIMER_KIND_FIELDS, false)             \
	T(go_timers, GO_TIMERS_FIELDS, false)                     \
	T(go_reading, GO_READING_FIELDS, false)                   \
	T(sample_process, SAMPLE_PROCESS_FIELDS, false)           \
	T(sample_thread, SAMPLE_THREAD_FIELDS, false)             \
	T(sample_creator, SAMPLE_CREATOR_FIELDS, false)           \
	T(sample_lock, SAMPLE_LOCK_FIELDS, false)                 \
	T(sample_slow, SAMPLE_SLOW_FIELDS, false)                 \
	T(sample_file, SAMPLE_FILE_FIELDS, false)                 \
	T(sample_request, SAMPLE_REQUEST_FIELDS, false)           \
	T(sample_mapped, SAMPLE_MAPPED_FIELDS, false)             \
	T(sample_go, SAMPLE_GO_FIELDS, false)                     \
	T(sample_link, SAMPLE_LINK_FIELDS, false)                 \
	T(sample_device, SAMPLE_DEVICE_FIELDS, false)             \
	T(sample_call_slowest, SAMPLE_CALL_SLOWEST_FIELDS, false) \
	T(sample_call, SAMPLE_CALL_FIELDS, false)                 \
	T(sample, SAMPLE_FIELDS, false)                           \
	T(saved_head, SAVED_HEAD_FIELDS, false)                   \
	T(saved_snapshot, SAVED_SNAPSHOT_FIELDS, false)           \
	T(saved_note, SAVED_NOTE_FIELDS, false)

#define FACTS_NUMBER(name, rows, shared) FACTS_##name,
enum facts_table { FACTS_TABLES(FACTS_NUMBER) FACTS_TABLE_COUNT };
#undef FACTS_NUMBER

extern const struct field_table facts_tables[FACTS_TABLE_COUNT];

#endif
