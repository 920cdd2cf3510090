/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Names of Java's classes and frames in sentences. */
#ifndef TS_WORDS_JAVA_NAMES_H
#define TS_WORDS_JAVA_NAMES_H

#include "report/report.h"

/* A class without its package, if the whole is long: "ReentrantLock$NonfairSync". */
const char *java_class__short(const char *class);
/* Of a stack whose frames from `from` on are those of Java's library, or of the machine that runs it: the
 * first frame of the program itself, or at least of Java. NO_INDEX: it is another stack. */
size_t call_stack__of_java_program(const struct call_stack *s, size_t from);

#endif
