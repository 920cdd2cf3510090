// SPDX-License-Identifier: GPL-2.0-or-later
/* Names and lines of methods: oops/method.hpp, oops/constMethod.hpp. */
#include <string.h>

#include "java/runtime/java_vm_private.h"

#define METHODS_MAX 65536u
#define LINES_MAX   65536 /* a method has at most that many bytecodes */
#define LINE_BYTES  (1u << 20)

struct java_method {
	const char *function; /* NULL: not a method */
	const char *file;
	uint64_t codes; /* address of the bytecodes */
	uint32_t code_size;
	bool has_lines;
};

/* "java/lang/Thread" and "sleep" to "java.lang.Thread.sleep"; what a hidden class has behind it is left out:
 * "Main$$Lambda$14+0x0000000800c01000" is another one for each place that makes it. */
static const char *full_name(struct java_vm *vm, const char *class, const char *method)
{
	char *text = arena__format(&vm->texts, "%.*s.%s", (int)strcspn(class, "+"), class, method);

	for (char *c = text; *c; c++)
		if (*c == '/')
			*c = '.';
	return text;
}

static bool read_method(struct java_vm *vm, uint64_t method, struct java_method *ret)
{
	const struct vm_layout *l = &vm->layout;
	uint64_t constant, constants, holder, size, name_index, file_index, flags;
	char name[JAVA_CLASS_TEXT], file[JAVA_CLASS_TEXT];
	const struct java_class *class;

	if (!vm_memory__pointer(&vm->memory, method + (uint64_t)l->method_const, &constant) || !constant ||
	    !vm_memory__pointer(&vm->memory, constant + (uint64_t)l->const_method_constants, &constants) ||
	    !constants ||
	    !vm_memory__pointer(&vm->memory, constants + (uint64_t)l->constants_holder, &holder) ||
	    !vm_memory__number(&vm->memory, constant + (uint64_t)l->const_method_code_size, 2, &size) ||
	    !vm_memory__number(&vm->memory, constant + (uint64_t)l->const_method_name, 2, &name_index) ||
	    !java__constant(vm, constants, (uint32_t)name_index, name, sizeof(name)))
		return false;
	class = java__class(vm, holder);
	if (!class)
		return false;
	*ret = (struct java_method){.function = full_name(vm, class->name, name),
				    .codes = constant + (uint64_t)l->const_method_size,
				    .code_size = (uint32_t)size};
	if (l->constants_file >= 0 &&
	    vm_memory__number(&vm->memory, constants + (uint64_t)l->constants_file, 2, &file_index) &&
	    java__constant(vm, constants, (uint32_t)file_index, file, sizeof(file)))
		ret->file = arena__string(&vm->texts, file);
	ret->has_lines =
		l->const_method_flags >= 0 && l->has_lines > 0 &&
		vm_memory__number(&vm->memory, constant + (uint64_t)l->const_method_flags, 2, &flags) &&
		(flags & (uint64_t)l->has_lines);
	return true;
}

/* The line of a bytecode, from the table behind the bytecodes (code/compressedStream.hpp); 0: not known. */
static int line_of(struct java_vm *vm, const struct java_method *m, int32_t bci)
{
	struct java_stream s = {
		.vm = vm, .at = m->codes + m->code_size, .end = m->codes + m->code_size + LINE_BYTES};
	int32_t at = 0, line = 0, best_at = -1, best = 0;

	for (int i = 0; m->has_lines && i < LINES_MAX; i++) {
		uint8_t b = java_stream__byte(&s);

		if (!b || s.failed)
			break;
		if (b == 0xff) {
			at = (int32_t)((uint32_t)at + (uint32_t)java_stream__signed(&s));
			line = (int32_t)((uint32_t)line + (uint32_t)java_stream__signed(&s));
		} else {
			at = (int32_t)((uint32_t)at + (b >> 3));
			line = (int32_t)((uint32_t)line + (b & 7u));
		}
		if (!s.failed && at <= bci && at >= best_at) {
			best_at = at;
			best = line;
		}
	}
	return best > 0 && best < 1 << 24 ? best : 0;
}

bool java__method_frame(struct java_vm *vm, uint64_t method, int32_t bci, struct frame *ret)
{
	struct java_method *m;
	bool made;

	if (!method || (method & 7))
		return false;
	m = u64_table__find(&vm->methods, sizeof(*m), method);
	if (!m) {
		struct java_method read = {0};

		if (vm->methods.count >= METHODS_MAX || !read_method(vm, method, &read))
			return false;
		m = u64_table__get(&vm->methods, sizeof(*m), method, &made);
		*m = read;
	}
	*ret = (struct frame){.function = m->function, .file = m->file, .language = JAVA_LANGUAGE};
	if (bci >= 0 && (uint32_t)bci < m->code_size)
		ret->line = line_of(vm, m, bci);
	return true;
}

int32_t java__bci(struct java_vm *vm, uint64_t method, uint64_t bcp)
{
	const struct java_method *m = u64_table__find(&vm->methods, sizeof(*m), method);

	return m && bcp >= m->codes && bcp - m->codes < m->code_size ? (int32_t)(bcp - m->codes) : -1;
}
