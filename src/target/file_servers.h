/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * File systems whose files a server keeps: of the network, or a FUSE daemon. From the mount table and /proc,
 * so that nothing here waits for a server that does not answer.
 */
#ifndef TS_TARGET_FILE_SERVERS_H
#define TS_TARGET_FILE_SERVERS_H

#include "target/process.h"

struct file_server {
	char fs[32];     /* "fuse.sshfs", "nfs4" */
	char place[256]; /* where the process sees it mounted, cut if it is long */
	unsigned dev_minor;
	/* The FUSE daemon; 0: not known */
	pid_t pid;
	char comm[32];
};

/* Of a path as the process sees it. -ENOENT: its file system has no server. */
int process__file_server(const struct process *p, const char *path, struct file_server *ret);
/* Finds its daemon, for which the descriptors of all processes are read: only where the kernel says which
 * connection a descriptor is of (6.16), or one process alone has such descriptors. */
void file_server__find_daemon(struct file_server *s);

#endif
