// SPDX-License-Identifier: GPL-2.0-or-later
/* Objects, classes and constant pools. */
#include <string.h>

#include "java/runtime/java_vm_private.h"
#include "util/escape.h"

#define FIELDS_MAX   4096u
#define SUPERS_MAX   64
#define CLASSES_MAX  65536u
#define OBJECT_ALIGN 7u

uint64_t java__reference(struct java_vm *vm, uint64_t address)
{
	uint64_t value;

	if (!vm->compressed_oops)
		return vm_memory__pointer(&vm->memory, address, &value) && !(value & OBJECT_ALIGN) ? value
												   : 0;
	if (!vm_memory__number(&vm->memory, address, 4, &value) || !value)
		return 0;
	return vm->oop_base + (value << vm->oop_shift);
}

uint64_t java__handle(struct java_vm *vm, uint64_t handle_address)
{
	uint64_t slot, object;

	if (!vm_memory__pointer(&vm->memory, handle_address, &slot) || !slot ||
	    !vm_memory__pointer(&vm->memory, slot, &object) || (object & OBJECT_ALIGN))
		return 0;
	return object;
}

uint64_t java__class_of(struct java_vm *vm, uint64_t object)
{
	uint64_t value;

	if (!object)
		return 0;
	if (vm->compact_headers) {
		if (!vm_memory__pointer(&vm->memory, object + (uint64_t)vm->layout.object_mark, &value))
			return 0;
		value >>= vm->layout.mark_klass_shift;
		return value ? vm->klass_base + (value << vm->klass_shift) : 0;
	}
	if (!vm->compressed_classes)
		return vm_memory__pointer(&vm->memory, object + (uint64_t)vm->layout.object_klass, &value)
			       ? value
			       : 0;
	if (!vm_memory__number(&vm->memory, object + (uint64_t)vm->layout.object_klass, 4, &value) || !value)
		return 0;
	return vm->klass_base + (value << vm->klass_shift);
}

bool java__symbol(struct java_vm *vm, uint64_t symbol, char *buf, size_t size)
{
	uint64_t length;

	if (!symbol ||
	    !vm_memory__number(&vm->memory, symbol + (uint64_t)vm->layout.symbol_length, 2, &length) ||
	    !length)
		return false;
	if (length > size - 1)
		length = size - 1;
	if (!vm_memory__read(&vm->memory, symbol + (uint64_t)vm->layout.symbol_body, buf, length))
		return false;
	buf[length] = '\0';
	/* A name has none of these: it is no name then. */
	for (size_t i = 0; i < length; i++)
		if ((unsigned char)buf[i] < ' ' || buf[i] == 0x7f)
			return false;
	return true;
}

bool java__constant(struct java_vm *vm, uint64_t constants, uint32_t index, char *buf, size_t size)
{
	uint64_t symbol;
	int32_t length;

	return constants && index &&
	       vm_memory__int(&vm->memory, constants + (uint64_t)vm->layout.constants_length, &length) &&
	       length > 0 && index < (uint32_t)length &&
	       vm_memory__pointer(&vm->memory, constants + (uint64_t)vm->layout.constants_size + 8ull * index,
				  &symbol) &&
	       java__symbol(vm, symbol & ~1ull, buf, size);
}

/* ---- fields ----------------------------------------------------------------------- */

struct wanted {
	const char *name, *type;
};

static bool is_field(struct java_vm *vm, uint64_t constants, uint32_t name, uint32_t type,
		     const struct wanted *w)
{
	char text[128];

	return java__constant(vm, constants, name, text, sizeof(text)) && !strcmp(text, w->name) &&
	       java__constant(vm, constants, type, text, sizeof(text)) && !strcmp(text, w->type);
}

/* Up to 20: six numbers a field (oops/fieldInfo.hpp), the offset in the last two, with a tag below it. */
static uint32_t in_array(struct java_vm *vm, uint64_t klass, uint64_t constants, const struct wanted *w)
{
	const struct vm_layout *l = &vm->layout;
	uint64_t array, count, data;
	int32_t length;

	if (!vm_memory__pointer(&vm->memory, klass + (uint64_t)l->klass_fields, &array) || !array ||
	    !vm_memory__int(&vm->memory, array, &length) || length < 0 ||
	    !vm_memory__number(&vm->memory, klass + (uint64_t)l->klass_field_count, 2, &count) ||
	    count > FIELDS_MAX || count * 6 > (uint32_t)length)
		return 0;
	data = array + (uint64_t)l->shorts_data;
	for (uint64_t i = 0; i < count; i++) {
		uint16_t f[6];

		if (!vm_memory__read(&vm->memory, data + i * sizeof(f), f, sizeof(f)))
			return 0;
		if (is_field(vm, constants, f[1], f[2], w))
			return ((uint32_t)f[5] << 16 | f[4]) >> 2;
	}
	return 0;
}

/* From 21 on: a stream of numbers (oops/fieldInfo.hpp). */
static uint32_t in_stream(struct java_vm *vm, uint64_t klass, uint64_t constants, const struct wanted *w)
{
	enum { INITIALIZED = 1, GENERIC = 4, CONTENDED = 16 };
	const struct vm_layout *l = &vm->layout;
	struct java_stream s = {.vm = vm};
	uint64_t array;
	uint32_t count;
	int32_t length;

	if (!vm_memory__pointer(&vm->memory, klass + (uint64_t)l->klass_field_stream, &array) || !array ||
	    !vm_memory__int(&vm->memory, array, &length) || length < 0)
		return 0;
	s.at = array + (uint64_t)l->bytes_data;
	s.end = s.at + (uint32_t)length;
	count = java_stream__number(&s);
	java_stream__number(&s); /* fields that the machine has added */
	if (count > FIELDS_MAX)
		return 0;
	for (uint32_t i = 0; i < count && !s.failed; i++) {
		uint32_t name = java_stream__number(&s), type = java_stream__number(&s);
		uint32_t offset = java_stream__number(&s), flags;

		java_stream__number(&s);
		flags = java_stream__number(&s);
		if (flags & INITIALIZED)
			java_stream__number(&s);
		if (flags & GENERIC)
			java_stream__number(&s);
		if (flags & CONTENDED)
			java_stream__number(&s);
		if (!s.failed && is_field(vm, constants, name, type, w))
			return offset;
	}
	return 0;
}

uint32_t java__field(struct java_vm *vm, uint64_t klass, const char *name, const char *type)
{
	const struct wanted w = {name, type};
	const struct vm_layout *l = &vm->layout;

	for (int i = 0; i < SUPERS_MAX && klass; i++) {
		uint64_t constants;
		uint32_t at;

		if (!vm_memory__pointer(&vm->memory, klass + (uint64_t)l->klass_constants, &constants))
			return 0;
		at = l->klass_field_stream >= 0 ? in_stream(vm, klass, constants, &w)
						: in_array(vm, klass, constants, &w);
		if (at && at < 65536)
			return at;
		if (!vm_memory__pointer(&vm->memory, klass + (uint64_t)l->klass_super, &klass))
			return 0;
	}
	return 0;
}

/* ---- classes ---------------------------------------------------------------------- */

struct java_class *java__class(struct java_vm *vm, uint64_t klass)
{
	struct java_class *c;
	char text[JAVA_CLASS_TEXT];
	uint64_t symbol;
	bool made;

	if (!klass || (klass & OBJECT_ALIGN))
		return NULL;
	c = u64_table__find(&vm->classes, sizeof(*c), klass);
	if (c)
		return c->name ? c : NULL;
	if (vm->classes.count >= CLASSES_MAX ||
	    !vm_memory__pointer(&vm->memory, klass + (uint64_t)vm->layout.klass_name, &symbol) ||
	    !java__symbol(vm, symbol, text, sizeof(text)))
		return NULL;
	c = u64_table__get(&vm->classes, sizeof(*c), klass, &made);
	c->name = arena__string(&vm->texts, text);
	return c;
}

const char *java__readable(struct arena *a, const char *name)
{
	char *text = arena__string(a, name);

	for (char *c = text; *c; c++)
		if (*c == '/')
			*c = '.';
	return text;
}

/* ---- strings ---------------------------------------------------------------------- */

/* Where an array has its length; its bytes follow, before 22 at a multiple of 8. */
static uint32_t array_length_at(const struct java_vm *vm)
{
	return vm->compact_headers ? 8 : vm->compressed_classes ? 12 : 16;
}

static uint32_t array_bytes_at(const struct java_vm *vm)
{
	uint32_t at = array_length_at(vm) + 4;

	return vm->major < 22 ? (at + 7) & ~7u : at;
}

uint32_t java__array(struct java_vm *vm, uint64_t array, uint32_t max, uint64_t *ret_first)
{
	uint32_t at = array_length_at(vm) + 4, size = vm->compressed_oops ? 4 : 8;
	int32_t length;

	if (!array || !vm_memory__int(&vm->memory, array + array_length_at(vm), &length) || length <= 0)
		return 0;
	/* They begin at a multiple of 8, from 22 on of their own size. */
	if (vm->major < 22 || size == 8)
		at = (at + 7) & ~7u;
	*ret_first = array + at;
	return (uint32_t)length < max ? (uint32_t)length : max;
}

uint64_t java__element(struct java_vm *vm, uint64_t first, uint32_t index)
{
	return java__reference(vm, first + (uint64_t)index * (vm->compressed_oops ? 4 : 8));
}

/* One character of UTF-16; half of one becomes U+FFFD. */
static uint32_t next_utf16(const uint8_t *raw, size_t units, size_t *i)
{
	uint32_t c = (uint32_t)raw[*i * 2] | (uint32_t)raw[*i * 2 + 1] << 8, low;

	(*i)++;
	if (c < 0xd800 || c > 0xdfff)
		return c;
	if (c > 0xdbff || *i >= units)
		return 0xfffd;
	low = (uint32_t)raw[*i * 2] | (uint32_t)raw[*i * 2 + 1] << 8;
	if (low < 0xdc00 || low > 0xdfff)
		return 0xfffd;
	(*i)++;
	return 0x10000 + ((c & 0x3ff) << 10) + (low & 0x3ff);
}

bool java__string(struct java_vm *vm, uint64_t object, char *buf, size_t size)
{
	const struct java_class *c = java__class(vm, java__class_of(vm, object));
	uint64_t array, coder;
	uint8_t raw[JAVA_TEXT];
	size_t used = 0, units;
	int32_t length;

	if (!c || strcmp(c->name, "java/lang/String") != 0)
		return false;
	if (!vm->at.string_value) {
		uint64_t klass = java__class_of(vm, object);

		vm->at.string_value = java__field(vm, klass, "value", "[B");
		vm->at.string_coder = java__field(vm, klass, "coder", "B");
	}
	if (!vm->at.string_value || !vm->at.string_coder)
		return false;
	array = java__reference(vm, object + vm->at.string_value);
	if (!array || !vm_memory__number(&vm->memory, object + vm->at.string_coder, 1, &coder) || coder > 1 ||
	    !vm_memory__int(&vm->memory, array + array_length_at(vm), &length) || length < 0)
		return false;
	if ((size_t)length > sizeof(raw))
		length = sizeof(raw);
	if (!vm_memory__read(&vm->memory, array + array_bytes_at(vm), raw, (size_t)length))
		return false;
	units = (size_t)length >> coder;
	for (size_t i = 0; i < units && used + 4 < size;)
		used += utf8_put(buf + used, coder ? next_utf16(raw, units, &i) : raw[i++]);
	buf[used] = '\0';
	/* A NUL would end it; names with one are cut there. */
	return true;
}
