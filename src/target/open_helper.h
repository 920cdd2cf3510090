/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * A process that does whatever may never return, one thing at a time: finds, opens and copies files, reads
 * the memory of other processes. A thread would not do: while a file server does not answer a request, not
 * even SIGKILL ends who waits for it, nor the process of that thread.
 */
#ifndef TS_TARGET_OPEN_HELPER_H
#define TS_TARGET_OPEN_HELPER_H

#include "target/bounded_open.h"
#include "target/helper_memory.h"

#define OPEN_HELPERS_LEFT 8 /* at most, that were given up and still wait */

struct open_request {
	finder *find;        /* NULL: fd is the O_PATH descriptor of the file */
	int fd;              /* with find: live_dir of its process; -1: none. Borrowed. */
	struct mapping of;   /* for find */
	uint64_t bytes_max;  /* of the file; larger ones are refused */
	uint64_t copy_bytes; /* of a file that is served; 0: it remains an O_PATH descriptor */
	bool hurried;        /* files that are served are refused */
	bool text;           /* of.path is a file of /proc below fd, copied as it reads, at most copy_bytes */
	struct memory_request memory; /* with a count: of the pieces in the room */
};

struct open_reply {
	int error; /* 0 or a negative errno */
	struct found_file file;
};

/* Does it in this process. */
void open_request__run(const struct open_request *r, struct open_reply *ret);

/* Asks the helper, which is started if it does not run. 0, or -ETIMEDOUT: no answer in time, and the helper
 * is given up; or a negative errno: it cannot be started, -EAGAIN: at a limit on processes. */
int open_helper__ask(const struct open_request *r, uint64_t limit_ns, struct open_reply *ret);
/* The same in two parts: end is for the first request that has been begun and has no reply yet. Begin does
 * not wait, so few may be without one. If end fails, the others are lost, too. */
int open_helper__begin(const struct open_request *r);
int open_helper__end(uint64_t limit_ns, struct open_reply *ret);
/* Ends it, without waiting: that is done when this process ends. The next request starts another one. */
void open_helper__stop(void);
/* The memory that this process shares with the helper, which is started if it does not run. NULL: it cannot
 * be started, or too many were given up. Valid until the helper is given up. */
struct helper_room *open_helper__room(void);
/* True: a helper runs, or as many as are allowed were given up. False: no helper can be started here. */
bool open_helper__any(void);
/* CPU time of all helpers so far; of those that were given up, until then. */
uint64_t open_helper__cpu_ns(void);
/* Those that were given up and still wait for their file server. */
unsigned open_helper__left(void);

#endif
