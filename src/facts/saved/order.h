/* SPDX-License-Identifier: GPL-2.0-or-later */
#ifndef TS_FACTS_SAVED_ORDER_H
#define TS_FACTS_SAVED_ORDER_H

#include "facts/sample.h"

/* Puts the lists of a sample in the order that sample.h promises, and makes those that there always are. 0;
 * -EINVAL: two elements have one key, or a value is one that the model cannot take. */
int sample__settle(struct sample *s);
/* As a snapshot is: all of it is of one process. */
bool sample__of_one_process(const struct sample *s);

#endif
