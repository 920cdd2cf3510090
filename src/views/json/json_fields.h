/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Before a table of rows: its fields become members of the object o. */
#define J(kind, name, unit, doc, ...) json_put(&o, name, CALL(JSON_##kind, __VA_ARGS__));
#define F(type, member, kind, name, unit, doc, ...) \
	json_put(&o, name, CALL(JSON_##kind, VALUE(member, __VA_ARGS__)));
#define O(present, kind, name, unit, doc, ...) \
	if (present)                           \
		json_put(&o, name, CALL(JSON_##kind, __VA_ARGS__));
#define M(...)
#define A(...)
