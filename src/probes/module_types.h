/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Types of kernel modules, without the privilege to list them. */
#ifndef TS_PROBES_MODULE_TYPES_H
#define TS_PROBES_MODULE_TYPES_H

#include <bpf/btf.h>

#include "probes/features.h"

/* btf: the kernel's own. Leaves ret->known false if this kernel has no btrfs, or none loaded. */
void features__find_btrfs(const struct btf *btf, struct btrfs_layout *ret);

#endif
