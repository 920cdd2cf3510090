/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Java frames, in the places of a stack where only addresses in generated code are known. */
#ifndef TS_JAVA_RUNTIME_JAVA_STACK_H
#define TS_JAVA_RUNTIME_JAVA_STACK_H

#include "java/runtime/java_vm.h"

/* The stack with the stretches of Java that java_vm__frames has found, in memory of a. */
struct call_stack java_stack__join(const struct java_vm *vm, struct arena *a,
				   const struct java_frames *stretches, size_t count,
				   const struct call_stack *native);

#endif
