/* SPDX-License-Identifier: GPL-2.0-or-later */
/* One object from one file per subject, so that they share maps and settings without link-time tricks. */
#include "vmlinux.h"
#include <bpf/bpf_helpers.h>
#include <bpf/bpf_tracing.h>
#include <bpf/bpf_core_read.h>
#include "threadscope.h"
#include "hist.h"
#include "arch.bpf.h"
#include "thread_state.bpf.h"
#include "maps.bpf.h"
#include "task.bpf.h"
#include "cgroup.bpf.h"
#include "restart.bpf.h"
#include "record.bpf.h"
#include "calls.bpf.h"
#include "thread.bpf.h"
#include "halt.bpf.h"
#include "file_lock.bpf.h"
#include "stack.bpf.h"
#include "peer.bpf.h"
#include "file.bpf.h"
#include "ranges.bpf.h"
#include "tail.bpf.h"
#include "outcome.bpf.h"
#include "stall.bpf.h"
#include "signal.bpf.h"
#include "timed.bpf.h"
#include "lifecycle.bpf.c"
#include "waits.bpf.c"
#include "io.bpf.c"
#include "hooks.bpf.c"
#include "signal.bpf.c"
#include "request.bpf.h" /* after io.bpf.c, for its vectors */
#include "uring.bpf.c"
#include "threads.bpf.c"
#include "sockets.bpf.c"
#include "go.bpf.c"
#include "timed.bpf.c"

char LICENSE[] SEC("license") = "GPL";
