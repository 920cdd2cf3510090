/* SPDX-License-Identifier: GPL-2.0-or-later */
/* The folded stacks of a process, as flame graph tools read them. */
#ifndef TS_VIEWS_EXPORT_FOLDED_H
#define TS_VIEWS_EXPORT_FOLDED_H

#include "views/export/fold.h"
#include "views/view.h"

void folded__print(const struct view_options *o, const struct fold *f);

#endif
