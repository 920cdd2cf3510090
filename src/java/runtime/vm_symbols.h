/* SPDX-License-Identifier: GPL-2.0-or-later */
/* The addresses of the variables that lead to HotSpot's tables. */
#ifndef TS_JAVA_RUNTIME_VM_SYMBOLS_H
#define TS_JAVA_RUNTIME_VM_SYMBOLS_H

#include "java/runtime/vm_layout.h"
#include "target/process.h"

/* 0, or -ENOENT: no libjvm.so is mapped, or it has none of them. One that is missing is 0. */
int vm_symbols__find(const struct process *p, const struct mappings *maps, uint64_t ret[VM_SYMBOLS]);

#endif
