/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * The table of rows: what is shown, each field once. A file NAME.def has the fields of one row, in the order
 * of JSON; at its top it says which struct r is. Define F, M, A, J and O, include the file, and end.h
 * undefines them.
 *
 * F(type, member, KIND, "json", "unit", "documentation")          a member that JSON shows as it is,
 * F(type, member, KIND, "json", "unit", "documentation", value)   or as value says
 * M(type, member, "documentation")                                a member that JSON does not show by itself
 * A(type, member, count, "documentation")                         such an array
 * J(KIND, "json", "unit", "documentation", value)                 a field of JSON made of other members
 * O(condition, KIND, "json", "unit", "documentation", value)      one that is left out where condition is
 * false
 *
 * A value is an expression of the row, r, and of what is around it, c (struct json_context). KIND says what
 * JSON has, how it is made of the value (views/json/json_kinds.h), and what the schema promises
 * (views/json/schema_kinds.h). From these files come the structs of report.h (by the macros below), the JSON
 * (scripts/rows.sh makes a function for each file), the JSON Schemas, and the fields in docs/interface.md.
 */
#define F(type, member, ...)        type member;
#define M(type, member, doc)        type member;
#define A(type, member, count, doc) type member[count];
#define J(...)
#define O(...)
