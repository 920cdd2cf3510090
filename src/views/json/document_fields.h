/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Before a table of rows: its fields are written as members of the document of w. */
#define J(kind, name, unit, doc, ...)               CALL(DOCUMENT_##kind, name, __VA_ARGS__);
#define F(type, member, kind, name, unit, doc, ...) CALL(DOCUMENT_##kind, name, VALUE(member, __VA_ARGS__));
#define O(present, kind, name, unit, doc, ...) \
	if (present)                           \
		CALL(DOCUMENT_##kind, name, __VA_ARGS__);
#define M(...)
#define A(...)
