/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * A thread for each way to wait for the child "other", which does nothing: "by-lease" opens a file that it
 * has a lease of, "by-mark" one that fanotify asks it for, "by-semaphore" wants a semaphore of System V that
 * it has taken, "by-queue" sends to a full queue that it has read from, in an IPC namespace of this process's
 * own, "by-posix" to a full one of POSIX that it has open.
 *
 *   --folder FOLDER  for the files
 */
#include "workload.h"
#include <mqueue.h>
#include <signal.h>
#include <sys/fanotify.h>
#include <sys/ipc.h>
#include <sys/msg.h>
#include <sys/sem.h>

static char leased[PATH_MAX], marked[PATH_MAX];
static int set, queue, listener, done[2];
static mqd_t posix_queue;
static struct {
	long type;
	char text[4096];
} message = {.type = 1};

static void take(void)
{
	struct sembuf op = {0, -1, SEM_UNDO};

	semop(set, &op, 1);
}

static void be_other(void)
{
	int fd = open(leased, O_RDONLY);

	prctl(PR_SET_PDEATHSIG, SIGKILL, 0, 0, 0);
	set_name("other");
	signal(SIGIO, SIG_IGN);
	if (fd < 0 || fcntl(fd, F_SETLEASE, F_RDLCK))
		die("F_SETLEASE");
	take();
	if (msgrcv(queue, &message, sizeof(message.text), 0, 0) < 0)
		die("msgrcv");
	if (write(done[1], "x", 1) != 1)
		die("write");
	sleep_for_ever();
}

static void *by_lease(void *arg)
{
	set_name("by-lease");
	open(leased, O_WRONLY);
	return arg;
}

static void *by_mark(void *arg)
{
	set_name("by-mark");
	open(marked, O_RDONLY);
	return arg;
}

static void *by_semaphore(void *arg)
{
	set_name("by-semaphore");
	take();
	return arg;
}

static void *by_queue(void *arg)
{
	set_name("by-queue");
	while (!msgsnd(queue, &message, sizeof(message.text), 0))
		;
	return arg;
}

static void *by_posix(void *arg)
{
	set_name("by-posix");
	while (!mq_send(posix_queue, "x", 1, 0))
		;
	return arg;
}

static void make(const char *folder)
{
	struct mq_attr attributes = {.mq_maxmsg = 1, .mq_msgsize = 1};

	if (unshare(CLONE_NEWIPC))
		die("unshare");
	snprintf(leased, sizeof(leased), "%s/leased", folder);
	snprintf(marked, sizeof(marked), "%s/marked", folder);
	create_file(leased, "");
	create_file(marked, "");
	set = semget(IPC_PRIVATE, 1, 0600);
	queue = msgget(IPC_PRIVATE, 0600);
	if (set < 0 || queue < 0 || semctl(set, 0, SETVAL, 1) || msgsnd(queue, &message, 1, 0) || pipe(done))
		die("ipc");
	posix_queue = mq_open("/askers", O_RDWR | O_CREAT, 0600, &attributes);
	listener = fanotify_init(FAN_CLASS_CONTENT, O_RDONLY);
	if (posix_queue < 0 || listener < 0 ||
	    fanotify_mark(listener, FAN_MARK_ADD, FAN_OPEN_PERM, AT_FDCWD, marked))
		die("fanotify");
}

int main(int argc, char **argv)
{
	struct workload w = workload_begin(argc, argv, "folder");
	pid_t other;
	char byte;

	make(option(argc, argv, "folder", "."));
	other = fork();
	if (!other)
		be_other();
	close(listener);
	if (other < 0 || read(done[0], &byte, 1) != 1)
		die("other");
	start_thread(by_lease, NULL, 0);
	start_thread(by_mark, NULL, 0);
	start_thread(by_semaphore, NULL, 0);
	start_thread(by_queue, NULL, 0);
	start_thread(by_posix, NULL, 0);
	announcef(&w, "{\"pid\":%d,\"other\":%d}", (int)getpid(), (int)other);
	stay(&w);
	return 0;
}
