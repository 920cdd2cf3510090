/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Semaphores and message queues of System V: which operation blocks, what the kernel says of them, words. */
#include "samples.h"

#include <errno.h>
#include <sys/ipc.h>
#include <sys/msg.h>
#include <sys/syscall.h>
#include <unistd.h>

#include "target/sysv_ipc.h"
#include "words/describe.h"

#define SEMAPHORES 3

static size_t blocking(const struct sembuf *ops, size_t count, int first, int second)
{
	const struct sysv_semaphore list[] = {{.number = 0, .value = first}, {.number = 7, .value = second}};

	return sysv_operations__blocking(ops, count, list, 2);
}

TEST(the_operation_that_blocks)
{
	static const struct sembuf take[] = {{0, -1, 0}}, both[] = {{0, -1, 0}, {7, -2, 0}};
	static const struct sembuf zero[] = {{0, 0, 0}, {0, 1, SEM_UNDO}}, own[] = {{0, 1, 0}, {0, -2, 0}};
	static const struct sembuf most[] = {{0, -32768, 0}};

	CHECK_EQ(blocking(take, 1, 0, 0), 0);
	CHECK_EQ(blocking(take, 1, 1, 0), SIZE_MAX); /* it will be woken */
	CHECK_EQ(blocking(both, 2, 1, 1), 1);
	CHECK_EQ(blocking(both, 2, 0, 9), 0);
	CHECK_EQ(blocking(zero, 2, 1, 0), 0);
	CHECK_EQ(blocking(zero, 2, 0, 0), SIZE_MAX);
	CHECK_EQ(blocking(own, 2, 0, 0), 1); /* its own earlier operation counts */
	CHECK_EQ(blocking(own, 2, 1, 0), SIZE_MAX);
	CHECK_EQ(blocking(most, 1, 32767, 0), 0);
	CHECK_EQ(sysv_operations__blocking(take, 1, NULL, 0), SIZE_MAX); /* not in the list */
	CHECK_EQ(sysv_operations__blocking(NULL, 0, NULL, 0), SIZE_MAX);
}

TEST(operations_of_a_lock)
{
	static const struct sembuf undo[] = {{0, -1, SEM_UNDO}}, plain[] = {{0, -1, 0}};
	static const struct sembuf zero[] = {{0, 0, 0}, {1, 1, SEM_UNDO}, {0, 1, SEM_UNDO}};
	static const struct sembuf end[] = {{0, 0, 0}, {1, 1, SEM_UNDO}};

	CHECK(sysv_operations__lock(undo, 1, 0));
	CHECK(!sysv_operations__lock(plain, 1, 0));
	CHECK(sysv_operations__lock(zero, 3, 0));
	CHECK(!sysv_operations__lock(end, 2, 0));
}

TEST(what_the_kernel_says_of_a_set)
{
	struct sysv_semaphore list[] = {{.number = 2}, {.number = 0}};
	struct sembuf give = {2, 3, 0};
	struct sysv_set set;
	int id = semget(IPC_PRIVATE, SEMAPHORES, 0600);

	if (id < 0)
		return; /* a kernel or a container without them */
	CHECK_EQ(sysv_set__read(getpid(), id, &set, list, 2), 0);
	CHECK_EQ(set.key, 0);
	CHECK_EQ(set.used_s, 0);
	CHECK_EQ(list[0].last, 0);
	CHECK_EQ(semop(id, &give, 1), 0);
	CHECK_EQ(sysv_set__read(getpid(), id, &set, list, 2), 0);
	CHECK_EQ(list[0].value, 3);
	CHECK_EQ(list[0].last, getpid());
	CHECK_EQ(list[1].value, 0);
	CHECK(set.used_s > 0);
	list[1].number = SEMAPHORES; /* one that it does not have */
	CHECK_EQ(sysv_set__read(getpid(), id, &set, list, 2), -EINVAL);
	semctl(id, 0, IPC_RMID);
	CHECK(sysv_set__read(getpid(), id, &set, list, 1) < 0);
	CHECK(sysv_set__read(getpid(), -1, &set, list, 1) < 0);
	CHECK_EQ(sysv_set__read(-5, id, &set, list, 1), -ESRCH);
}

TEST(what_the_kernel_says_of_a_queue)
{
	struct {
		long type;
		char text[8];
	} message = {.type = 1};
	struct sysv_queue queue;
	int id = msgget(IPC_PRIVATE, 0600);

	if (id < 0)
		return;
	CHECK_EQ(msgsnd(id, &message, 8, 0), 0);
	CHECK_EQ(msgsnd(id, &message, 5, 0), 0);
	CHECK_EQ(sysv_queue__read(getpid(), id, &queue), 0);
	CHECK_EQ(queue.messages, 2);
	CHECK_EQ(queue.bytes, 13);
	CHECK(queue.room_bytes >= queue.bytes);
	CHECK_EQ(queue.receiver, 0);
	CHECK_EQ(queue.received_s, 0);
	CHECK_EQ(msgrcv(id, &message, 8, 0, 0), 8);
	CHECK_EQ(sysv_queue__read(getpid(), id, &queue), 0);
	CHECK_EQ(queue.receiver, getpid());
	CHECK(queue.received_s > 0);
	msgctl(id, IPC_RMID, NULL);
	CHECK(sysv_queue__read(getpid(), id, &queue) < 0);
}

/* ---- words and findings ----------------------------------------------------------- */

static struct sample *waits_at(enum wait_kind kind, long call, const char *object, struct sample_link link)
{
	struct sample *s = sample_at(1);

	add_process(s, 10, 1);
	add_caller(s, 10, kind, call, object)->link = 1;
	s->links = calloc(1, sizeof(*s->links));
	s->links[0] = link;
	s->link_count = 1;
	return s;
}

static const char *words_of(struct sample *s, char words[DESCRIBE_CHAIN], size_t *ret_findings)
{
	struct arena a = {0};
	const struct snapshot_report *r = model__snapshot(&a, s, NULL);

	describe_links(words, DESCRIBE_CHAIN, &r->threads[0].wait);
	*ret_findings = r->finding_count;
	arena__free(&a);
	sample__free(s);
	return words;
}

static struct sample_link at_other(enum link_role role, enum link_state state, long call)
{
	return (struct sample_link){.role = role,
				    .state = state,
				    .pid = 20,
				    .tid = 20,
				    .name = "other",
				    .threads = 1,
				    .one_of = true,
				    .syscall = call,
				    .since_ns = 3 * NS_PER_S};
}

#define AT_SEMAPHORE(role, state, call) \
	waits_at(WAIT_SYSV_SEMAPHORE, SYS_semtimedop, "semaphore 0 of set 3", at_other(role, state, call))

TEST(semaphores_in_words)
{
	char words[DESCRIBE_CHAIN];
	size_t findings;

	CHECK_STR(words_of(AT_SEMAPHORE(LINK_HOLDS_SEMAPHORE, LINK_BLOCKED, SYS_fsync), words, &findings),
		  ", value 0, likely held by other (20), which has been in fsync for 3.0 s");
	CHECK_EQ(findings, 1);
	/* Workers take turns. */
	words_of(AT_SEMAPHORE(LINK_HOLDS_SEMAPHORE, LINK_BLOCKED, SYS_accept4), words, &findings);
	CHECK_EQ(findings, 0);
	/* Whoever did the last operation need not do the next one. */
	CHECK_STR(words_of(AT_SEMAPHORE(LINK_CHANGED_SEMAPHORE, LINK_BLOCKED, SYS_fsync), words, &findings),
		  ", value 0, last changed by other (20), which has been in fsync for 3.0 s");
	CHECK_EQ(findings, 0);
	CHECK_STR(words_of(AT_SEMAPHORE(LINK_CHANGED_SEMAPHORE, LINK_GONE, -1), words, &findings),
		  ", value 0, last changed by process 20, which does not exist any more");
	CHECK_EQ(findings, 0);
	CHECK_STR(words_of(AT_SEMAPHORE(LINK_CHANGED_SEMAPHORE, LINK_NOBODY, -1), words, &findings),
		  ", value 0, and no operation on its set so far");
	CHECK_STR(words_of(AT_SEMAPHORE(LINK_CHANGED_SEMAPHORE, LINK_ITSELF, -1), words, &findings),
		  ", value 0, last changed by its own process");
	CHECK_EQ(findings, 0);
}

TEST(a_server_that_polls_while_it_has_the_semaphore)
{
	struct sample *s = AT_SEMAPHORE(LINK_HOLDS_SEMAPHORE, LINK_BLOCKED, SYS_ppoll);
	struct arena a = {0};
	const struct snapshot_report *r = model__snapshot(&a, s, NULL);

	CHECK_EQ(r->finding_count, 1);
	CHECK_EQ(r->findings[0].severity, SEVERITY_INFO);
	CHECK_EQ(r->threads[0].wait.class, WAIT_CLASS_BLOCKED);
	arena__free(&a);
	sample__free(s);
}

TEST(message_queues_in_words)
{
	struct sample_link link = at_other(LINK_RECEIVES, LINK_STOPPED, -1);
	char words[DESCRIBE_CHAIN];
	size_t findings;

	link.messages = 1;
	link.bytes = 16000;
	link.room_bytes = 16384;
	CHECK_STR(
		words_of(waits_at(WAIT_MESSAGE_SEND, SYS_msgsnd, "message queue 5", link), words, &findings),
		", full (1 message, 16000 of 16384 bytes), last read by other (20), which has been stopped "
		"for "
		"3.0 s by a signal");
	CHECK_EQ(findings, 1);
	link.state = LINK_RUNS; /* it reads as fast as it can */
	words_of(waits_at(WAIT_MESSAGE_SEND, SYS_msgsnd, "message queue 5", link), words, &findings);
	CHECK_EQ(findings, 1);
	link.state = LINK_NOBODY;
	CHECK_STR(
		words_of(waits_at(WAIT_MESSAGE_SEND, SYS_msgsnd, "message queue 5", link), words, &findings),
		", full (1 message, 16000 of 16384 bytes), and no process has read from it so far");
	CHECK_EQ(findings, 1);
}

TEST_MAIN
