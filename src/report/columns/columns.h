/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Before a table of columns: they become elements of an array of struct column. */
#define RIGHT                         true
#define LEFT                          false
#define C(heading, align, needs, ...) {heading, align, needs},
