/* SPDX-License-Identifier: GPL-2.0-or-later */
/* The form of io_uring's tracepoints in a kernel, from its BTF. */
#ifndef TS_PROBES_URING_FORMS_H
#define TS_PROBES_URING_FORMS_H

#include <bpf/btf.h>

#include "probes/features.h"

/* 0, also if the kernel has no io_uring (ret->absent); -EOPNOTSUPP: they do not identify the request. */
int features__find_uring(const struct btf *btf, struct uring_layout *ret);

#endif
