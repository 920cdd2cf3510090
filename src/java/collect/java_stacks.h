/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Java frames, in the places of a stack where only addresses in generated code are known. */
#ifndef TS_JAVA_COLLECT_JAVA_STACKS_H
#define TS_JAVA_COLLECT_JAVA_STACKS_H

#include "java/runtime/java_vm.h"

/* The stack with Java's names, in memory of a; count 0: there is nothing to add. */
struct call_stack java_stack__join(struct java_vm *vm, struct arena *a, const struct java_thread *t,
				   const struct call_stack *native);

#endif
