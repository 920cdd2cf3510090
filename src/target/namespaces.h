/* SPDX-License-Identifier: GPL-2.0-or-later */
/* The namespaces of a process, and what is asked in them. */
#ifndef TS_TARGET_NAMESPACES_H
#define TS_TARGET_NAMESPACES_H

#include <stdint.h>
#include <sys/types.h>

#include "target/sysv_ipc.h"

/* Of a fixed size: the helper gets it and sends it back. */
struct namespace_question {
	enum namespace_subject {
		NAMESPACE_SOCKETS, /* network: opens the kernel's list, socket_list__open */
		NAMESPACE_SET,     /* IPC: id, and count numbers of list */
		NAMESPACE_QUEUE,   /* IPC: id */
		NAMESPACE_SUBJECTS
	} subject;
	int id;
	uint32_t count;
	/* The answer. */
	int error; /* 0 or a negative errno */
	int fd;    /* the caller's; -1: none */
	struct sysv_set set;
	struct sysv_semaphore list[SYSV_SEMAPHORES];
	struct sysv_queue queue;
};

/* The kernel's number of one ("net", "ipc"); 0: not known. */
uint64_t namespace__of(pid_t pid, const char *name);
/*
 * Asks in the namespace of that process: by the helper (namespace_helper.h), or here, where another one is
 * entered in a thread that ends afterwards. 0, and the answer is set, or a negative errno. -EPERM: it may not
 * be entered; -ETIMEDOUT: no answer.
 */
int namespace__ask(pid_t of, struct namespace_question *q);
/* The same of an open namespace, in this process; -1: its own. */
int namespace__ask_here(int fd, struct namespace_question *q);

#endif
