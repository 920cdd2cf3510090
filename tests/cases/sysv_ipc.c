/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * sysv_ipc lock|turns|signal|queue|unread [shared]: the process "wants-it" waits at a semaphore or a full
 * message queue of System V, in an IPC namespace of its own, as in a container, or in the caller's
 * ("shared").
 *
 * lock: two threads of it for a semaphore, with SEM_UNDO, which "sem-holder" has taken and keeps.
 * turns: the same, and "sem-holder" waits for a client, as a server's workers do in turn.
 * signal: for the next permit of a semaphore, as a consumer does; who gave the last one has ended.
 * queue: to send; "receiver" has taken a message and takes no more. unread: nobody ever has.
 *
 * Perfect: which semaphore or queue, its value or fill, and who has it and what that process does. A consumer
 * is not in trouble.
 */
#include "case.h"
#include <netinet/in.h>
#include <sys/ipc.h>
#include <sys/msg.h>
#include <sys/sem.h>

#define KEY 0x7e5c09e

static int id;
static struct message {
	long type;
	char text[1000];
} message = {.type = 1};

static void change(int by, short flags)
{
	struct sembuf op = {1, (short)by, flags};

	while (semop(id, &op, 1))
		if (errno != EINTR)
			die("semop");
}

static void take_lock(void)
{
	change(-1, SEM_UNDO);
}

static void consume(void)
{
	for (;;)
		change(-1, 0);
}

static void send_all(void)
{
	for (;;)
		if (msgsnd(id, &message, sizeof(message.text), 0) && errno != EINTR)
			die("msgsnd");
}

static void be_ready(pid_t other)
{
	sleep_ns(1100000000);
	tell("ready id=%d other=%d", id, (int)other);
	sleep_on();
}

static void hold(void)
{
	take_lock();
	sleep_on();
}

static void hold_and_accept(void)
{
	struct sockaddr_in any = {.sin_family = AF_INET};
	int s = socket(AF_INET, SOCK_STREAM, 0);

	if (s < 0 || bind(s, (void *)&any, sizeof(any)) || listen(s, 5))
		die("listen");
	take_lock();
	accept(s, NULL, NULL);
}

static void receive_one(void)
{
	if (msgrcv(id, &message, sizeof(message.text), 0, 0) < 0)
		die("msgrcv");
	sleep_on();
}

static void give(void)
{
	change(1, 0);
}

static void wait_for_value(int value)
{
	while (semctl(id, 1, GETVAL) != value)
		sleep_ns(1000000);
}

static void with_semaphore(void (*holder)(void))
{
	bool lock = holder;
	pid_t other;

	id = semget(KEY, 2, IPC_CREAT | IPC_EXCL | 0600);
	if (id < 0 || semctl(id, 1, SETVAL, lock))
		die("semget");
	if (lock) {
		other = start_child("sem-holder", holder);
		wait_for_value(0);
		start_blocked("wants-it", take_lock);
		start_blocked("wants-it-too", take_lock);
	} else {
		other = start_child("giver", give);
		waitpid(other, NULL, 0);
		start_blocked("consumer", consume);
	}
	be_ready(other);
}

static void with_queue(bool read_once)
{
	struct msqid_ds queue;
	pid_t other = 0;

	id = msgget(KEY, IPC_CREAT | IPC_EXCL | 0600);
	if (id < 0)
		die("msgget");
	if (read_once) {
		if (msgsnd(id, &message, sizeof(message.text), 0))
			die("msgsnd");
		other = start_child("receiver", receive_one);
		while (!msgctl(id, IPC_STAT, &queue) && queue.msg_qnum)
			sleep_ns(1000000);
	}
	start_blocked("wants-it", send_all);
	be_ready(other);
}

int main(int argc, char **argv)
{
	if (argc < 2 || (argc == 2 && unshare(CLONE_NEWIPC)))
		return 2;
	set_name("main");
	switch (*argv[1]) {
	case 'l':
		with_semaphore(hold);
		break;
	case 't':
		with_semaphore(hold_and_accept);
		break;
	case 's':
		with_semaphore(NULL);
		break;
	default:
		with_queue(*argv[1] == 'q');
	}
}
