/* SPDX-License-Identifier: GPL-2.0-or-later */
/* The kinds of the table of rows (report/rows/members.h): what the schema promises of a field. */
#ifndef TS_VIEWS_JSON_SCHEMA_KINDS_H
#define TS_VIEWS_JSON_SCHEMA_KINDS_H

#include <stdbool.h>

struct field_doc {
	const char *name, *unit, *doc;
	const char *schema; /* JSON; NULL: of the members below */
	/* One of names, for values up to count (NULL names are skipped), or null. */
	const char *(*names)(unsigned value);
	const char *suffix; /* behind each name; NULL: nothing */
	/* An object with these fields, or a list of them. */
	const struct field_doc *of, *more;
	unsigned count;
	unsigned findings; /* enum finding_reporter: kinds that these report; ~0u: those of the document */
	bool optional;     /* some documents lack it */
	bool nullable;
	bool list;
};

#define NULLABLE(type)        "{\"type\": [\"" type "\", \"null\"]}"
#define AT_LEAST(type, least) "{\"type\": " type ", \"minimum\": " least "}"
#define ADDRESS_SCHEMA        "{\"type\": \"string\", \"pattern\": \"^0x[0-9a-f]{1,16}$\"}"
#define COUNT_SCHEMA          AT_LEAST("\"integer\"", "0")
#define COUNT_OR_NULL_SCHEMA  AT_LEAST("[\"integer\", \"null\"]", "0")
#define LIST_SCHEMA(items)    "{\"type\": \"array\", \"items\": " items "}"
#define OBJECT_SCHEMA(type, required, properties) \
	"{\"type\": " type ", \"required\": [" required "], \"properties\": {" properties "}}"
#define PLACE_PROPERTIES                                                                               \
	"\"function\": " NULLABLE("string") ", \"file\": " NULLABLE("string") ", \"line\": " AT_LEAST( \
		"[\"integer\", \"null\"]", "1")
#define FRAME_SCHEMA                                                                                         \
	OBJECT_SCHEMA(                                                                                       \
		"\"object\"",                                                                                \
		"\"address\", \"function\", \"offset\", \"module\", \"file\", \"line\", \"inlined\", "       \
		"\"language\"",                                                                              \
		"\"address\": " ADDRESS_SCHEMA                                                               \
		", \"function\": {\"type\": [\"string\", \"null\"], \"description\": "                       \
		"\"null where no symbol covers the address\"}, \"offset\": {\"type\": \"integer\", "         \
		"\"minimum\": 0, "                                                                           \
		"\"description\": \"bytes from the start of the function, or of the module where function "  \
		"is null\"}, "                                                                               \
		"\"module\": " NULLABLE("string") ", \"file\": " NULLABLE("string") ", \"line\": " AT_LEAST( \
			"[\"integer\", \"null\"]",                                                           \
			"1") ", \"inlined\": {\"type\": \"boolean\"}, \"language\": "                        \
			     "{\"type\": [\"string\", \"null\"], \"description\": \"of a frame of an "       \
			     "interpreter: "                                                                 \
			     "Python or Ruby, with the address of its evaluator's; null: native code\"}")
#define GO_FRAME_SCHEMA                                                                               \
	OBJECT_SCHEMA("\"object\"",                                                                   \
		      "\"function\", \"file\", \"line\", \"address\", \"offset\", \"inlined\"",       \
		      PLACE_PROPERTIES ", \"address\": " ADDRESS_SCHEMA ", \"offset\": " COUNT_SCHEMA \
				       ", \"inlined\": {\"type\": \"boolean\"}")
#define HISTOGRAM_SCHEMA                                                                            \
	"{\"type\": \"array\", \"items\": {\"type\": \"array\", \"minItems\": 2, \"maxItems\": 2, " \
	"\"items\": " COUNT_SCHEMA "}}"

#define SCHEMA_CONST(text)        .schema = "{\"const\": \"" text "\"}"
#define SCHEMA_TEXT(text)         .schema = "{\"type\": \"string\"}"
#define SCHEMA_TEXT_OR_NULL(text) .schema = NULLABLE("string")
#define SCHEMA_WORDS(list)        .schema = LIST_SCHEMA("{\"type\": \"string\"}")
#define SCHEMA_LETTER(letter)     .schema = "{\"type\": \"string\", \"pattern\": \"^[A-Za-z?]$\"}"
#define SCHEMA_LETTER_IF(known, letter) \
	.schema = "{\"type\": [\"string\", \"null\"], \"pattern\": \"^[A-Za-z?]$\"}"
#define SCHEMA_NAME(name, most, value)           .names = names_##name, .count = (most)
#define SCHEMA_NAME_OR_NULL(name, most, value)   .names = names_##name, .count = (most), .nullable = true
#define SCHEMA_NAME_IF(known, name, most, value) .names = names_##name, .count = (most), .nullable = true
#define SCHEMA_FINDING_KIND(kind)                .findings = ~0u
#define SCHEMA_CAUSE_KIND(kind)                  .findings = (IN_TOP | IN_SNAPSHOT)
#define SCHEMA_EVIDENCE(text)                    .schema = "{\"enum\": [\"frame\", \"variable\", \"object\", null]}"
#define SCHEMA_ONE_OF3(a, b, d, text)            .schema = "{\"enum\": [\"" a "\", \"" b "\", \"" d "\"]}"
#define SCHEMA_ONE_OF2_OR_NULL(a, b, text)       .schema = "{\"enum\": [\"" a "\", \"" b "\", null]}"
#define SCHEMA_WAIT_NAME(text)                   .names = names_wait_or_state, .count = WAIT_KINDS + 2
#define SCHEMA_WORD2(first, word, other)         .schema = "{\"enum\": [\"" word "\", \"" other "\"]}"
#define SCHEMA_WORD3(first, word, second, word2, other) \
	.schema = "{\"enum\": [\"" word "\", \"" word2 "\", \"" other "\"]}"
#define SCHEMA_COUNT(value)                .schema = COUNT_SCHEMA
#define SCHEMA_POSITIVE(value)             .schema = AT_LEAST("\"integer\"", "1")
#define SCHEMA_POSITIVE_IF(known, value)   .schema = AT_LEAST("[\"integer\", \"null\"]", "1")
#define SCHEMA_COUNT_IF(known, value)      .schema = COUNT_OR_NULL_SCHEMA
#define SCHEMA_SIGNED(value)               .schema = "{\"type\": \"integer\"}"
#define SCHEMA_REAL_IF(known, value)       .schema = NULLABLE("number")
#define SCHEMA_FLAG(value)                 .schema = "{\"type\": \"boolean\"}"
#define SCHEMA_FLAG_IF(known, value)       .schema = NULLABLE("boolean")
#define SCHEMA_ID(value)                   .schema = AT_LEAST("\"integer\"", "1")
#define SCHEMA_ID_OR_NULL(value)           .schema = AT_LEAST("[\"integer\", \"null\"]", "1")
#define SCHEMA_FD_OR_NULL(value)           .schema = COUNT_OR_NULL_SCHEMA
#define SCHEMA_INDEX_OR_NULL(index, count) .schema = COUNT_OR_NULL_SCHEMA
#define SCHEMA_ADDRESS(value)              .schema = ADDRESS_SCHEMA
#define SCHEMA_TIME(value)                               \
	.schema = "{\"type\": \"string\", \"pattern\": " \
		  "\"^[0-9]{4}-[0-9]{2}-[0-9]{2}T[0-9]{2}:[0-9]{2}:[0-9]{2}\\\\.[0-9]{6}Z$\"}"
#define SCHEMA_IDS(list, count)    .schema = LIST_SCHEMA(AT_LEAST("\"integer\"", "1"))
#define SCHEMA_COUNTS(list, count) .schema = LIST_SCHEMA(COUNT_SCHEMA)
#define SCHEMA_ERRORS(counts)      .names = names_io_error__name, .count = TS_IO_ERRORS, .list = true
#define SCHEMA_PARTS(parts) \
	.names = names_stall_part__name, .suffix = "_ns", .count = STALL_PARTS, .list = true
#define SCHEMA_STATES(list, count) \
	.schema = "{\"type\": \"object\", \"additionalProperties\": " COUNT_SCHEMA "}"
#define SCHEMA_LOSSES(first, list, count)                          \
	.schema = "{\"type\": \"object\", \"required\": [\"" first \
		  "\", \"stacks\"], \"additionalProperties\": " COUNT_SCHEMA "}"
#define SCHEMA_LOSS_KINDS(list, count) SCHEMA_STATES(list, count)
#define SCHEMA_HISTOGRAM(row)          .schema = HISTOGRAM_SCHEMA
#define SCHEMA_LATENCY(latency, histogram)                                                                 \
	.schema = OBJECT_SCHEMA(                                                                           \
		"\"object\"",                                                                              \
		"\"count\", \"p50_ns\", \"p90_ns\", \"p99_ns\", \"p999_ns\", \"max_ns\", \"histogram\"",   \
		"\"count\": " COUNT_SCHEMA ", \"p50_ns\": " COUNT_SCHEMA ", \"p90_ns\": " COUNT_SCHEMA     \
		", \"p99_ns\": " COUNT_SCHEMA ", \"p999_ns\": " COUNT_SCHEMA ", \"max_ns\": " COUNT_SCHEMA \
		", \"histogram\": " HISTOGRAM_SCHEMA)
#define SCHEMA_FRAMES(stack) .schema = LIST_SCHEMA(FRAME_SCHEMA)
#define SCHEMA_FRAMES_OR_NULL(known, stack) \
	.schema = "{\"type\": [\"array\", \"null\"], \"items\": " FRAME_SCHEMA "}"
#define SCHEMA_KERNEL_FRAMES(stack)                                     \
	.schema = LIST_SCHEMA(                                          \
		OBJECT_SCHEMA("\"object\"", "\"function\", \"offset\"", \
			      "\"function\": " NULLABLE("string") ", \"offset\": " COUNT_SCHEMA))
#define SCHEMA_FRAME_NAMES(stack) .schema = LIST_SCHEMA("{\"type\": \"string\"}")
#define SCHEMA_FRAME_NAMES_OR_NULL(stack) \
	.schema = "{\"type\": [\"array\", \"null\"], \"items\": {\"type\": \"string\"}}"
#define SCHEMA_GO_FRAMES(stack) .schema = LIST_SCHEMA(GO_FRAME_SCHEMA)
#define SCHEMA_LINES(stack)    \
	.schema = LIST_SCHEMA( \
		OBJECT_SCHEMA("\"object\"", "\"function\", \"file\", \"line\"", PLACE_PROPERTIES))
#define SCHEMA_CREATOR(frame, goid)                                                                    \
	.schema = OBJECT_SCHEMA(                                                                       \
		"[\"object\", \"null\"]", "\"function\", \"file\", \"line\", \"goid\"",                \
		"\"function\": {\"type\": \"string\"}, \"file\": " NULLABLE(                           \
			"string") ", \"line\": " AT_LEAST("[\"integer\", \"null\"]",                   \
							  "1") ", \"goid\": {\"type\": [\"integer\", " \
							       "\"null\"], \"minimum\": 0, "           \
							       "\"description\": "                     \
							       "\"null: before Go 1.21, or they differ\"}")
#define SCHEMA_CHANNEL(wait)                                                                           \
	.schema = OBJECT_SCHEMA("[\"object\", \"null\"]", "\"address\", \"len\", \"cap\", \"closed\"", \
				"\"address\": " ADDRESS_SCHEMA ", \"len\": " COUNT_SCHEMA              \
				", \"cap\": " COUNT_SCHEMA ", \"closed\": {\"type\": \"boolean\"}")
#define SCHEMA_SEMAPHORE(wait, waiters)                                               \
	.schema = OBJECT_SCHEMA(                                                      \
		"[\"object\", \"null\"]", "\"address\", \"waiters\"",                 \
		"\"address\": " ADDRESS_SCHEMA                                        \
		", \"waiters\": {\"type\": [\"integer\", \"null\"], \"minimum\": 0, " \
		"\"description\": \"goroutines that wait on it, of all groups; null: not counted\"}")
#define SCHEMA_DESCRIPTOR(wait)                                                                             \
	.schema = OBJECT_SCHEMA("[\"object\", \"null\"]", "\"fd\", \"for\", \"file\", \"peer\"",            \
				"\"fd\": " COUNT_SCHEMA ", \"for\": {\"enum\": [\"read\", \"write\"]}, "    \
				"\"file\": {\"type\": [\"string\", \"null\"], "                             \
				"\"description\": \"socket to ADDRESS, socket at ADDRESS, pipe:[123]; "     \
				"null: not known\"}, \"peer\": {\"type\": "                                 \
				"[\"string\", \"null\"], \"description\": \"the other end's address, of a " \
				"pipe the process that has it; null: not known, or it has none\"}")
#define LABEL_COUNT_1 ", \"count\""
#define LABEL_COUNT_0
#define SCHEMA_LABELS(list, count, counted)                                                           \
	.schema = LIST_SCHEMA(OBJECT_SCHEMA("\"object\"", "\"key\", \"value\"" LABEL_COUNT_##counted, \
					    "\"key\": {\"type\": \"string\"}, \"value\": {\"type\": " \
					    "\"string\"}, \"count\": " COUNT_SCHEMA))
#define SCHEMA_OBJECT(row, value)                    .of = fields_##row
#define SCHEMA_OBJECT_IF(known, row, value)          .of = fields_##row, .nullable = true
#define SCHEMA_OBJECT_OR_NULL(row, value)            .of = fields_##row, .nullable = true
#define SCHEMA_LIST(row, list_, count)               .of = fields_##row, .list = true
#define SCHEMA_LIST_OF(row, list_, count, condition) .of = fields_##row, .list = true
#define SCHEMA_LIST2(row, rest, list_, count)        .of = fields_##row, .more = fields_##rest, .list = true
#define SCHEMA_GOROUTINES(row, report)               .of = fields_##row, .list = true
#define SCHEMA_GO_GROUPS(row, report)                .of = fields_##row, .list = true
#define SCHEMA_GO_CREATORS(row, report)              .of = fields_##row, .list = true

#endif
