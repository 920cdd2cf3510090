/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Before a table of rows: what is known of its fields, as entries of an array of struct field_doc. */
#define J(kind, field, unit_text, text, ...) \
	{.name = field, .unit = unit_text, .doc = text, CALL(SCHEMA_##kind, __VA_ARGS__)},
#define F(type, member, kind, field, unit_text, text, ...) \
	{.name = field, .unit = unit_text, .doc = text, CALL(SCHEMA_##kind, VALUE(member, __VA_ARGS__))},
#define O(present, kind, field, unit_text, text, ...) \
	{.name = field, .unit = unit_text, .doc = text, .optional = true, CALL(SCHEMA_##kind, __VA_ARGS__)},
#define M(...)
#define A(...)
