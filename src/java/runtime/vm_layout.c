// SPDX-License-Identifier: GPL-2.0-or-later
/*
 * The tables of vmStructs.cpp are arrays of entries; other variables have the size of an entry and where its
 * members are. Each ends with an entry without a name.
 */
#include "java/runtime/vm_layout.h"

#include <string.h>

#define ENTRIES_MAX 16384u /* OpenJDK 21 has 2,077 in all */
#define STRIDE_MAX  256u
#define NAME_MAX_   96
#define SIZE_MAX_   (1 << 20) /* of a structure, or of an offset in one */

enum {
	STRUCTS,
	STRUCTS_STRIDE,
	STRUCTS_TYPE,
	STRUCTS_FIELD,
	STRUCTS_STATIC,
	STRUCTS_OFFSET,
	STRUCTS_ADDRESS,
	TYPES,
	TYPES_STRIDE,
	TYPES_NAME,
	TYPES_SIZE,
	INTS,
	INTS_STRIDE,
	INTS_NAME,
	INTS_VALUE,
	LONGS,
	LONGS_STRIDE,
	LONGS_NAME,
	LONGS_VALUE,
	ALL_SYMBOLS,
};

const char *const vm_symbols[VM_SYMBOLS] = {
	[STRUCTS] = "gHotSpotVMStructs",
	[STRUCTS_STRIDE] = "gHotSpotVMStructEntryArrayStride",
	[STRUCTS_TYPE] = "gHotSpotVMStructEntryTypeNameOffset",
	[STRUCTS_FIELD] = "gHotSpotVMStructEntryFieldNameOffset",
	[STRUCTS_STATIC] = "gHotSpotVMStructEntryIsStaticOffset",
	[STRUCTS_OFFSET] = "gHotSpotVMStructEntryOffsetOffset",
	[STRUCTS_ADDRESS] = "gHotSpotVMStructEntryAddressOffset",
	[TYPES] = "gHotSpotVMTypes",
	[TYPES_STRIDE] = "gHotSpotVMTypeEntryArrayStride",
	[TYPES_NAME] = "gHotSpotVMTypeEntryTypeNameOffset",
	[TYPES_SIZE] = "gHotSpotVMTypeEntrySizeOffset",
	[INTS] = "gHotSpotVMIntConstants",
	[INTS_STRIDE] = "gHotSpotVMIntConstantEntryArrayStride",
	[INTS_NAME] = "gHotSpotVMIntConstantEntryNameOffset",
	[INTS_VALUE] = "gHotSpotVMIntConstantEntryValueOffset",
	[LONGS] = "gHotSpotVMLongConstants",
	[LONGS_STRIDE] = "gHotSpotVMLongConstantEntryArrayStride",
	[LONGS_NAME] = "gHotSpotVMLongConstantEntryNameOffset",
	[LONGS_VALUE] = "gHotSpotVMLongConstantEntryValueOffset",
};
_Static_assert(ALL_SYMBOLS == VM_SYMBOLS, "one name each");

enum row_kind { ROW_OFFSET, ROW_STATIC, ROW_SIZE, ROW_NUMBER };

static const struct layout_row {
	enum row_kind kind;
	const char *type, *field;
	size_t member;
} ROWS[] = {
#define MEMBER(name)                offsetof(struct vm_layout, name)
#define OFFSET(member, type, field) {ROW_OFFSET, type, field, MEMBER(member)},
#define STATIC(member, type, field) {ROW_STATIC, type, field, MEMBER(member)},
#define SIZE(member, type)          {ROW_SIZE, type, NULL, MEMBER(member)},
#define NUMBER(member, name)        {ROW_NUMBER, name, NULL, MEMBER(member)},
#include "java/runtime/vm_layout.def"
};

static int64_t *member_of(struct vm_layout *l, const struct layout_row *row)
{
	return (int64_t *)(void *)((char *)l + row->member);
}

/* One of the tables: where it is and where the names of its entries are. */
struct vm_table {
	uint64_t start, stride;
};

static bool find_table(struct vm_memory *m, const uint64_t *symbols, unsigned table, struct vm_table *ret)
{
	return symbols[table] && symbols[table + 1] && vm_memory__pointer(m, symbols[table], &ret->start) &&
	       vm_memory__pointer(m, symbols[table + 1], &ret->stride) && ret->start &&
	       ret->stride >= sizeof(uint64_t) && ret->stride <= STRIDE_MAX;
}

/* Where a member of the entries is, within them. */
static bool find_column(struct vm_memory *m, const uint64_t *symbols, unsigned column,
			const struct vm_table *t, uint64_t *ret)
{
	return symbols[column] && vm_memory__pointer(m, symbols[column], ret) && *ret < t->stride;
}

/* The text that a member of an entry points to. 0: that is the end of the table. */
static bool entry_name(struct vm_memory *m, uint64_t entry, uint64_t column, char name[NAME_MAX_], bool *end)
{
	uint64_t at;

	*end = false;
	if (!vm_memory__pointer(m, entry + column, &at))
		return false;
	*end = !at;
	/* No name in the table is longer. */
	if (*end || !vm_memory__string(m, at, name, NAME_MAX_))
		*name = '\0';
	return true;
}

static bool read_structs(struct vm_memory *m, const uint64_t *symbols, struct vm_layout *l)
{
	uint64_t type_at, field_at, static_at, offset_at, address_at, entry, value;
	char type[NAME_MAX_], field[NAME_MAX_];
	struct vm_table t;
	bool end;

	if (!find_table(m, symbols, STRUCTS, &t) || !find_column(m, symbols, STRUCTS_TYPE, &t, &type_at) ||
	    !find_column(m, symbols, STRUCTS_FIELD, &t, &field_at) ||
	    !find_column(m, symbols, STRUCTS_STATIC, &t, &static_at) ||
	    !find_column(m, symbols, STRUCTS_OFFSET, &t, &offset_at) ||
	    !find_column(m, symbols, STRUCTS_ADDRESS, &t, &address_at))
		return false;
	entry = t.start;
	for (size_t i = 0; i < ENTRIES_MAX; i++, entry += t.stride) {
		int32_t is_static;

		if (!entry_name(m, entry, type_at, type, &end))
			return false;
		if (end)
			return true;
		if (!entry_name(m, entry, field_at, field, &end) ||
		    !vm_memory__int(m, entry + static_at, &is_static))
			return false;
		for (size_t k = 0; k < sizeof(ROWS) / sizeof(ROWS[0]); k++) {
			const struct layout_row *row = &ROWS[k];

			if (row->kind != (is_static ? ROW_STATIC : ROW_OFFSET) ||
			    strcmp(row->type, type) != 0 || strcmp(row->field, field) != 0 ||
			    !vm_memory__pointer(m, entry + (is_static ? address_at : offset_at), &value))
				continue;
			if (is_static ? value != 0 : value < SIZE_MAX_)
				*member_of(l, row) = (int64_t)value;
		}
	}
	return false;
}

/* The tables of types and of constants. */
static bool read_values(struct vm_memory *m, const uint64_t *symbols, unsigned table, enum row_kind kind,
			size_t bytes, struct vm_layout *l)
{
	uint64_t name_at, value_at, entry, value;
	char name[NAME_MAX_];
	struct vm_table t;
	bool end;

	if (!find_table(m, symbols, table, &t) || !find_column(m, symbols, table + 2, &t, &name_at) ||
	    !find_column(m, symbols, table + 3, &t, &value_at))
		return false;
	entry = t.start;
	for (size_t i = 0; i < ENTRIES_MAX; i++, entry += t.stride) {
		if (!entry_name(m, entry, name_at, name, &end))
			return false;
		if (end)
			return true;
		for (size_t k = 0; k < sizeof(ROWS) / sizeof(ROWS[0]); k++)
			if (ROWS[k].kind == kind && !strcmp(ROWS[k].type, name) &&
			    vm_memory__number(m, entry + value_at, bytes, &value) && value < SIZE_MAX_)
				*member_of(l, &ROWS[k]) = (int64_t)value;
	}
	return false;
}

bool vm_layout__read(struct vm_memory *m, const uint64_t symbols[VM_SYMBOLS], struct vm_layout *ret)
{
	struct vm_layout l;

	memset(&l, 0xff, sizeof(l)); /* -1 each */
	if (!read_structs(m, symbols, &l) || !read_values(m, symbols, TYPES, ROW_SIZE, 8, &l))
		return false;
	/* What of the constants is missing has a default, or is not used. */
	(void)read_values(m, symbols, INTS, ROW_NUMBER, 4, &l);
	(void)read_values(m, symbols, LONGS, ROW_NUMBER, 8, &l);
	*ret = l;
	return true;
}

static bool all_known(const int64_t *list, size_t count)
{
	for (size_t i = 0; i < count; i++)
		if (list[i] < 0)
			return false;
	return true;
}
#define ALL_KNOWN(...) \
	all_known((const int64_t[]){__VA_ARGS__}, sizeof((const int64_t[]){__VA_ARGS__}) / sizeof(int64_t))

bool vm_layout__has_threads(const struct vm_layout *l)
{
	return ALL_KNOWN(l->thread_list, l->list_length, l->list_threads, l->thread_object, l->thread_os,
			 l->os_thread_id, l->oop_base, l->oop_shift, l->klass_base, l->klass_shift,
			 l->object_mark, l->object_klass, l->klass_super, l->klass_name, l->klass_constants,
			 l->symbol_length, l->symbol_body, l->constants_size, l->constants_length, l->flags,
			 l->flag_count, l->flag_size, l->flag_name, l->flag_address) &&
	       (ALL_KNOWN(l->klass_field_stream, l->bytes_data) ||
		ALL_KNOWN(l->klass_fields, l->klass_field_count, l->shorts_data));
}

bool vm_layout__has_monitors(const struct vm_layout *l)
{
	return ALL_KNOWN(l->thread_pending, l->thread_waiting, l->thread_stack_base, l->thread_stack_size,
			 l->monitor_object, l->monitor_owner);
}

bool vm_layout__has_frames(const struct vm_layout *l)
{
	return ALL_KNOWN(l->thread_anchor, l->anchor_sp, l->anchor_fp, l->anchor_pc, l->wrapper_anchor,
			 l->method_const, l->const_method_size, l->const_method_constants,
			 l->const_method_code_size, l->const_method_name, l->constants_holder, l->code_heaps,
			 l->code_low, l->code_high, l->array_length, l->array_data, l->heap_memory,
			 l->heap_segments, l->heap_log2, l->space_low, l->space_high, l->block_size,
			 l->block_used, l->blob_name, l->blob_size, l->blob_frame_size, l->nmethod_method,
			 l->call_stub_return, l->thread_stack_base, l->thread_stack_size);
}
