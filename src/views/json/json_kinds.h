/* SPDX-License-Identifier: GPL-2.0-or-later */
/* The kinds of the table of rows (report/rows/members.h): how JSON is made of a field's value. */
#ifndef TS_VIEWS_JSON_JSON_KINDS_H
#define TS_VIEWS_JSON_JSON_KINDS_H

#include <sys/wait.h>

#include "views/json/json_parts.h"

/* What is around the row in hand. */
struct json_context {
	size_t lock_count;            /* of the document */
	bool of_several;              /* snapshots */
	bool go;                      /* the target is a Go program */
	bool instant;                 /* an interval of no length: nothing was counted */
	pid_t pid;                    /* of what is listed by process */
	const struct go_group *group; /* of the current goroutine */
	struct known_frames *known;   /* stacks that were made already; NULL: none are kept */
};

/* A macro's arguments are expanded before it sees how many they are. */
#define CALL(macro, ...) macro(__VA_ARGS__)
/* The value of an F: its last arguments, or the member. */
#define VALUE(member, ...)   __VA_OPT__(__VA_ARGS__) VALUE_MEMBER##__VA_OPT__(_NOT)(member)
#define VALUE_MEMBER(member) r->member
#define VALUE_MEMBER_NOT(member)
#define IF_KNOWN(known, value) ((known) ? (value) : json_null())

#define JSON_CONST(text)                        json_string(text)
#define JSON_TEXT(text)                         json_text(text)
#define JSON_TEXT_OR_NULL(text)                 json_text_or_null(text)
#define JSON_WORDS(list)                        json_words(list)
#define JSON_LETTER(letter)                     json_letter(letter)
#define JSON_LETTER_IF(known, letter)           IF_KNOWN(known, json_letter(letter))
#define JSON_NAME(name, count, value)           json_text(name(value))
#define JSON_NAME_OR_NULL(name, count, value)   json_text(name(value))
#define JSON_NAME_IF(known, name, count, value) IF_KNOWN(known, json_text(name(value)))
#define JSON_FINDING_KIND(kind)                 json_text(finding_kind__name(kind))
#define JSON_CAUSE_KIND(kind)                   JSON_FINDING_KIND(kind)
#define JSON_EVIDENCE(text)                     json_text_or_null(text)
#define JSON_ONE_OF3(a, b, d, text)             json_text(text)
#define JSON_ONE_OF2_OR_NULL(a, b, text)        json_text_or_null(text)
#define JSON_WAIT_NAME(text)                    json_text(text)
#define JSON_WORD2(first, word, other)          json_string((first) ? (word) : (other))
#define JSON_WORD3(first, word, second, word2, other) \
	json_string((first) ? (word) : (second) ? (word2) : (other))
#define JSON_COUNT(value)                 json_number(value)
#define JSON_COUNT_IF(known, value)       IF_KNOWN(known, json_number(value))
#define JSON_POSITIVE(value)              json_number(value)
#define JSON_POSITIVE_IF(known, value)    IF_KNOWN(known, json_number(value))
#define JSON_SIGNED(value)                json_integer(value)
#define JSON_REAL_IF(known, value)        IF_KNOWN(known, json_real(value))
#define JSON_FLAG(value)                  json_boolean(value)
#define JSON_FLAG_IF(known, value)        IF_KNOWN(known, json_boolean(value))
#define JSON_ID(value)                    json_integer(value)
#define JSON_ID_OR_NULL(value)            json_tid(value)
#define JSON_FD_OR_NULL(value)            json_fd(value)
#define JSON_INDEX_OR_NULL(index, count)  json_index(index, count)
#define JSON_ADDRESS(value)               json_address(value)
#define JSON_TIME(value)                  json_time(value)
#define JSON_IDS(list, count)             json_tids(list, count)
#define JSON_COUNTS(list, count)          json_numbers(list, count)
#define JSON_ERRORS(counts)               json_errors(counts)
#define JSON_PARTS(parts)                 json_parts(parts)
#define JSON_STATES(list, count)          json_states(list, count)
#define JSON_LOSSES(first, list, count)   json_losses(list, count)
#define JSON_LOSS_KINDS(list, count)      json_losses(list, count)
#define JSON_HISTOGRAM(row)               json_histogram(row)
#define JSON_LATENCY(latency, histogram)  json_latency(latency, histogram)
#define JSON_FRAMES(stack)                json_frames_once(c->known, stack, json_frames)
#define JSON_FRAMES_OR_NULL(known, stack) IF_KNOWN(known, json_frames(stack))
#define JSON_KERNEL_FRAMES(stack)         json_frames_once(c->known, stack, json_kernel_frames)
#define JSON_FRAME_NAMES(stack)           json_frame_names(stack)
#define JSON_FRAME_NAMES_OR_NULL(stack)   IF_KNOWN((stack)->end, json_frame_names(stack))
#define JSON_GO_FRAMES(stack)             json_go_frames(stack)
#define JSON_LINES(stack)                 json_lines(stack)
#define JSON_CREATOR(frame, goid)         json_creator(frame, goid)
#define JSON_CHANNEL(wait)                json_channel(wait)
#define JSON_SEMAPHORE(wait, waiters)     json_semaphore(wait, waiters)
#define JSON_DESCRIPTOR(wait)             json_descriptor(wait)
#define JSON_LABELS(list, count, counted) json_labels(list, count, counted)
#define JSON_OBJECT(row, value)           row_##row(value, c)
#define JSON_OBJECT_IF(known, row, value) IF_KNOWN(known, row_##row(value, c))
#define JSON_OBJECT_OR_NULL(row, value)   IF_KNOWN(value, row_##row(value, c))
#define JSON_LIST(row, list, count)       list_##row(list, count, c)

#endif
