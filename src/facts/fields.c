// SPDX-License-Identifier: GPL-2.0-or-later
#include "facts/fields.h"

#define FACTS_OF(name, rows, shared) struct name : &facts_tables[FACTS_##name],
/* A qualifier of type does not matter: a value has none. */
#define FIELD_TABLE_OF(type) _Generic(*(type *)0, FACTS_TABLES(FACTS_OF) default : NULL)

#define OF struct frame
static const struct field frame_fields[] = {FRAME_FIELDS(FIELD_ROW)};
#undef OF
#define OF struct call_stack
static const struct field call_stack_fields[] = {CALL_STACK_FIELDS(FIELD_ROW)};
#undef OF
#define OF struct thread_limit
static const struct field thread_limit_fields[] = {THREAD_LIMIT_FIELDS(FIELD_ROW)};
#undef OF
#define OF struct thread_limits
static const struct field thread_limits_fields[] = {THREAD_LIMITS_FIELDS(FIELD_ROW)};
#undef OF
#define OF struct slow_calls
static const struct field slow_calls_fields[] = {SLOW_CALLS_FIELDS(FIELD_ROW)};
#undef OF
#define OF struct slow_call
static const struct field slow_call_fields[] = {SLOW_CALL_FIELDS(FIELD_ROW)};
#undef OF
#define OF struct ts_account
static const struct field ts_account_fields[] = {TS_ACCOUNT_FIELDS(FIELD_ROW)};
#undef OF
#define OF struct ts_halt
static const struct field ts_halt_fields[] = {TS_HALT_FIELDS(FIELD_ROW)};
#undef OF
#define OF struct ts_file_key
static const struct field ts_file_key_fields[] = {TS_FILE_KEY_FIELDS(FIELD_ROW)};
#undef OF
#define OF struct ts_request_key
static const struct field ts_request_key_fields[] = {TS_REQUEST_KEY_FIELDS(FIELD_ROW)};
#undef OF
#define OF struct ts_latency
static const struct field ts_latency_fields[] = {TS_LATENCY_FIELDS(FIELD_ROW)};
#undef OF
#define OF struct ts_tail
static const struct field ts_tail_fields[] = {TS_TAIL_FIELDS(FIELD_ROW)};
#undef OF
#define OF struct ts_file
static const struct field ts_file_fields[] = {TS_FILE_FIELDS(FIELD_ROW)};
#undef OF
#define OF struct go_wait
static const struct field go_wait_fields[] = {GO_WAIT_FIELDS(FIELD_ROW)};
#undef OF
#define OF struct go_label
static const struct field go_label_fields[] = {GO_LABEL_FIELDS(FIELD_ROW)};
#undef OF
#define OF struct go_label_set
static const struct field go_label_set_fields[] = {GO_LABEL_SET_FIELDS(FIELD_ROW)};
#undef OF
#define OF struct go_pipe_end
static const struct field go_pipe_end_fields[] = {GO_PIPE_END_FIELDS(FIELD_ROW)};
#undef OF
#define OF struct go_group
static const struct field go_group_fields[] = {GO_GROUP_FIELDS(FIELD_ROW)};
#undef OF
#define OF struct go_row
static const struct field go_row_fields[] = {GO_ROW_FIELDS(FIELD_ROW)};
#undef OF
#define OF struct go_reader
static const struct field go_reader_fields[] = {GO_READER_FIELDS(FIELD_ROW)};
#undef OF
#define OF struct go_queue
static const struct field go_queue_fields[] = {GO_QUEUE_FIELDS(FIELD_ROW)};
#undef OF
#define OF struct go_holder
static const struct field go_holder_fields[] = {GO_HOLDER_FIELDS(FIELD_ROW)};
#undef OF
#define OF struct go_lock
static const struct field go_lock_fields[] = {GO_LOCK_FIELDS(FIELD_ROW)};
#undef OF
#define OF struct go_scheduler
static const struct field go_scheduler_fields[] = {GO_SCHEDULER_FIELDS(FIELD_ROW)};
#undef OF
#define OF struct go_state
static const struct field go_state_fields[] = {GO_STATE_FIELDS(FIELD_ROW)};
#undef OF
#define OF struct go_timer_kind
static const struct field go_timer_kind_fields[] = {GO_TIMER_KIND_FIELDS(FIELD_ROW)};
#undef OF
#define OF struct go_timers
static const struct field go_timers_fields[] = {GO_TIMERS_FIELDS(FIELD_ROW)};
#undef OF
#define OF struct go_leaks
static const struct field go_leaks_fields[] = {GO_LEAKS_FIELDS(FIELD_ROW)};
#undef OF
#define OF struct go_reading
static const struct field go_reading_fields[] = {GO_READING_FIELDS(FIELD_ROW)};
#undef OF
#define OF struct sample_process
static const struct field sample_process_fields[] = {SAMPLE_PROCESS_FIELDS(FIELD_ROW)};
#undef OF
#define OF struct sample_thread
static const struct field sample_thread_fields[] = {SAMPLE_THREAD_FIELDS(FIELD_ROW)};
#undef OF
#define OF struct sample_creator
static const struct field sample_creator_fields[] = {SAMPLE_CREATOR_FIELDS(FIELD_ROW)};
#undef OF
#define OF struct sample_lock
static const struct field sample_lock_fields[] = {SAMPLE_LOCK_FIELDS(FIELD_ROW)};
#undef OF
#define OF struct sample_slow
static const struct field sample_slow_fields[] = {SAMPLE_SLOW_FIELDS(FIELD_ROW)};
#undef OF
#define OF struct sample_file
static const struct field sample_file_fields[] = {SAMPLE_FILE_FIELDS(FIELD_ROW)};
#undef OF
#define OF struct sample_request
static const struct field sample_request_fields[] = {SAMPLE_REQUEST_FIELDS(FIELD_ROW)};
#undef OF
#define OF struct sample_mapped
static const struct field sample_mapped_fields[] = {SAMPLE_MAPPED_FIELDS(FIELD_ROW)};
#undef OF
#define OF struct sample_go
static const struct field sample_go_fields[] = {SAMPLE_GO_FIELDS(FIELD_ROW)};
#undef OF
#define OF struct sample_link
static const struct field sample_link_fields[] = {SAMPLE_LINK_FIELDS(FIELD_ROW)};
#undef OF
#define OF struct sample_device
static const struct field sample_device_fields[] = {SAMPLE_DEVICE_FIELDS(FIELD_ROW)};
#undef OF
#define OF struct sample_call_slowest
static const struct field sample_call_slowest_fields[] = {SAMPLE_CALL_SLOWEST_FIELDS(FIELD_ROW)};
#undef OF
#define OF struct sample_call
static const struct field sample_call_fields[] = {SAMPLE_CALL_FIELDS(FIELD_ROW)};
#undef OF
#define OF struct sample
static const struct field sample_fields[] = {SAMPLE_FIELDS(FIELD_ROW)};
#undef OF
#define OF struct saved_head
static const struct field saved_head_fields[] = {SAVED_HEAD_FIELDS(FIELD_ROW)};
#undef OF
#define OF struct saved_snapshot
static const struct field saved_snapshot_fields[] = {SAVED_SNAPSHOT_FIELDS(FIELD_ROW)};
#undef OF
#define OF struct saved_note
static const struct field saved_note_fields[] = {SAVED_NOTE_FIELDS(FIELD_ROW)};
#undef OF

#define FACTS_TABLE(name, rows, shared) \
	{#name, name##_fields, sizeof(name##_fields) / sizeof(name##_fields[0]), sizeof(struct name), shared},
const struct field_table facts_tables[FACTS_TABLE_COUNT] = {FACTS_TABLES(FACTS_TABLE)};

/* ---- the contract's structs: rows and members are the same ---------------------------------- */

/* A struct made from the rows has each member where the contract has it, and no byte less: a new member
 * without a row does not compile. */
#define SAME(type, member, kind, unit, documentation)                                          \
	_Static_assert(offsetof(contract, member) == offsetof(twin, member) &&                 \
			       sizeof(((contract *)0)->member) == sizeof(((twin *)0)->member), \
		       "the row of " #member " differs from the member");
#define CHECK_ROWS(name, rows)                                                                \
	__attribute__((unused)) static void name##_rows(void)                                 \
	{                                                                                     \
		typedef struct name contract;                                                 \
		typedef struct {                                                              \
			rows(FIELD_MEMBER)                                                    \
		} twin;                                                                       \
		_Static_assert(sizeof(twin) == sizeof(contract), "a row of " #name " lacks"); \
		rows(SAME)                                                                    \
	}
CHECK_ROWS(ts_account, TS_ACCOUNT_FIELDS)
CHECK_ROWS(ts_halt, TS_HALT_FIELDS)
CHECK_ROWS(ts_file_key, TS_FILE_KEY_FIELDS)
CHECK_ROWS(ts_request_key, TS_REQUEST_KEY_FIELDS)
CHECK_ROWS(ts_latency, TS_LATENCY_FIELDS)
CHECK_ROWS(ts_tail, TS_TAIL_FIELDS)
CHECK_ROWS(ts_file, TS_FILE_FIELDS)
