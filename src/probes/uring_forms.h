/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Which of their forms io_uring's tracepoints have in a kernel: by its own description of them (BTF). */
#ifndef TS_PROBES_URING_FORMS_H
#define TS_PROBES_URING_FORMS_H

#include <bpf/btf.h>

#include "probes/features.h"

/* 0, also if the kernel has no io_uring (ret->absent); -EOPNOTSUPP: they do not tell which request they are
 * of. */
int features__find_uring(const struct btf *btf, struct uring_layout *ret);

#endif
