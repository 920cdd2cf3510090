/* SPDX-License-Identifier: GPL-2.0-or-later */
/* The sockets of a process, for a snapshot: an object of its own, because few snapshots need it and each
 * would wait for the verifier to look at it. */
#include "vmlinux.h"
#include <bpf/bpf_helpers.h>
#include <bpf/bpf_tracing.h>
#include <bpf/bpf_core_read.h>
#include "threadscope.h"
#include "arch.bpf.h"

#define has_current_btf  true
#define has_task_pt_regs true

volatile __u32 viewer_level = 0; /* threadscope's PID namespace */

#include "task.bpf.h"
#include "peer.bpf.h"
#include "sockets.bpf.c"

char LICENSE[] SEC("license") = "GPL";
