// SPDX-License-Identifier: GPL-2.0-or-later
#include "symbols/parser.h"

#include <errno.h>
#include <fcntl.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <unistd.h>

#include "symbols/parser_process.h"
#include "symbols/supply.h"
#include "util/clock.h"
#include "util/fd_message.h"
#include "util/heap.h"
#include "util/u64_table.h"

#define GRACE_NS    300000000ull   /* of CPU time beyond what is left: it looks at the clock now and then */
#define BLOCKED_NS  1500000000ull  /* neither done nor at work: a disk, or it has been stopped */
#define BUSY_NS     10000000000ull /* for how long it may lack a CPU */
#define NEEDS_MAX   16             /* files that it asks for in one request */
#define GUILT_KNOWN 4096           /* files and processes */
#define FILES_MAX   2 /* of one process that a parser was given up with; then it has no others read */

#define HERE 1 /* the number of the parser that this process is itself */

static struct {
	bool separate;
	uint64_t number, held_bytes;
	parser_answerer *answerer; /* in this process */
	struct u64_table guilty;   /* how often a parser was given up, by file and by process */
	char *given_up;            /* path of the last file with which one was */
	struct parser_message message;
} parser = {.answerer = parser_serve__request};

uint64_t parser__ready(void)
{
	return parser.separate ? parser_process__ready() : HERE;
}

uint64_t parser__current(void)
{
	return parser.separate ? parser_process__current() : HERE;
}

void parser__separate(void)
{
	parser.separate = true;
	parser__ready();
}

/* ---- asking ------------------------------------------------------------------------------ */

static uint64_t account(void)
{
	uint64_t spent = parser_process__spent();

	budget__spent_elsewhere(spent);
	return spent;
}

static void stop(void)
{
	parser_process__stop();
	parser.held_bytes = 0;
}

void parser__end(void)
{
	if (parser.separate && parser_process__current())
		stop();
}

struct waiting {
	uint64_t left_ns; /* of CPU time */
	uint64_t spent_ns, blocked_ns, begun_ns, before_ns;
};

static bool may_go_on(struct waiting *w)
{
	uint64_t now = monotonic_ns();

	w->spent_ns += account();
	if (!parser_process__is_runnable())
		w->blocked_ns += now - w->before_ns;
	w->before_ns = now;
	return w->spent_ns < w->left_ns + GRACE_NS && w->blocked_ns < BLOCKED_NS &&
	       now - w->begun_ns < w->left_ns + BUSY_NS;
}

/* Descriptors with a message are not taken: recv has no room for them. */
static int receive(struct waiting *w)
{
	struct parser_message *m = &parser.message;
	ssize_t n;

	for (;;) {
		n = recv(parser_process__socket(), m, sizeof(*m), 0);
		if (n >= 0)
			break;
		if (errno == ECONNRESET) /* it had ended before it read the request */
			return -ECHILD;
		if (errno != EAGAIN && errno != EINTR)
			return -EPIPE;
		if (!may_go_on(w))
			return -ETIMEDOUT;
	}
	if (n < (ssize_t)sizeof(m->head) || n != (ssize_t)(sizeof(m->head) + m->head.bytes) ||
	    m->head.bytes > PARSER_BODY_MAX || m->head.number != parser.number)
		return -EPIPE;
	m->body[m->head.bytes] = '\0';
	return 0;
}

static int supply(const struct parser_ask *a)
{
	const struct parser_message *m = &parser.message;
	struct parser_request answer = {.kind = PARSER_SUPPLY, .number = parser.number};
	struct supply_wish w;
	int fd, err;

	if (m->head.bytes != sizeof(w))
		return -EPIPE;
	memcpy(&w.kind, m->body + offsetof(struct supply_wish, kind), sizeof(w.kind));
	memcpy(&w.length, m->body + offsetof(struct supply_wish, length), sizeof(w.length));
	w.host = m->body[offsetof(struct supply_wish, host)] != 0;
	memcpy(w.text, m->body + offsetof(struct supply_wish, text), sizeof(w.text));
	fd = supply__open(a->at->process, a->at->path, &w);
	err = fd_message__send(parser_process__socket(), &answer, sizeof(answer), fd);
	if (fd >= 0)
		close(fd);
	return err ? -EPIPE : 0;
}

static int exchange(const struct parser_ask *a, uint64_t left_ns)
{
	struct waiting w = {.left_ns = left_ns, .begun_ns = monotonic_ns()};

	for (int needs = 0; needs <= NEEDS_MAX; needs++) {
		int err;

		w.before_ns = monotonic_ns();
		err = receive(&w);
		if (err || parser.message.head.error != PARSER_NEEDS)
			return err;
		err = supply(a);
		if (err)
			return err;
		w.begun_ns = monotonic_ns(); /* a server of debug files takes its time */
	}
	return -EPIPE;
}

static int send_request(const struct parser_ask *a, uint64_t left_ns)
{
	struct parser_wire w;
	int err;

	w.r = a->request;
	w.r.number = ++parser.number;
	w.r.bytes = (uint32_t)a->bytes;
	w.r.has_path = a->at && a->at->path && a->at->path[0] == '/';
	w.r.pid = a->at && a->at->process ? process__pid(a->at->process) : 0;
	w.r.left_ns = left_ns;
	w.r.left_bytes = budget__left_bytes();
	if (a->bytes)
		memcpy(w.text, a->text, a->bytes);
	err = fd_message__send(parser_process__socket(), &w, sizeof(w.r) + a->bytes, a->fd);
	return err == -EMFILE || err == -ENFILE || err == -ETOOMANYREFS ? err : err ? -ECHILD : 0;
}

/* What it holds more, or less, than before is of this module. */
static void note_costs(const struct parser_ask *a)
{
	const struct parser_reply *r = &parser.message.head;
	uint64_t most = budget__limit_bytes(), now = r->held_bytes < most ? r->held_bytes : most;

	if (a->held)
		budget__holds(a->held, now > parser.held_bytes
					       ? a->held->bytes + (now - parser.held_bytes)
					       : gained_since(a->held->bytes, parser.held_bytes - now));
	parser.held_bytes = now;
	for (uint32_t i = 0; i < r->refused && i < NEEDS_MAX; i++)
		budget__refuse(i ? 0 : a->file);
}

/* Files and processes in one table: those are hashes, of which one in 2^32 looks like a process. */
static uint64_t process_of(const struct parser_ask *a)
{
	return a->at && a->at->process ? (uint64_t)process__pid(a->at->process) << 32 : 0;
}

static unsigned guilt_of(uint64_t key)
{
	const unsigned *n = key ? u64_table__find(&parser.guilty, sizeof(*n), key) : NULL;

	return n ? *n : 0;
}

static void add_guilt(uint64_t key)
{
	bool made;

	if (key && (guilt_of(key) || parser.guilty.count < GUILT_KNOWN))
		++*(unsigned *)u64_table__get(&parser.guilty, sizeof(unsigned), key, &made);
}

static void blame(const struct parser_ask *a)
{
	add_guilt(a->file);
	add_guilt(process_of(a));
	budget__refuse(a->file);
	free(parser.given_up);
	parser.given_up = heap__string(a->at && a->at->path ? a->at->path : "");
}

/* Or no process could be started, again and again. */
static bool is_refused(const struct parser_ask *a)
{
	bool refused = guilt_of(a->file) || guilt_of(process_of(a)) >= FILES_MAX || !parser__ready();

	if (refused)
		budget__refuse(a->file);
	return refused;
}

static int ask_process(const struct parser_ask *a)
{
	uint64_t left_ns = budget__left_ns();
	int err = send_request(a, left_ns);

	if (err == -ECHILD) { /* it was gone before */
		stop();
		return err;
	}
	if (err)
		return err;
	err = exchange(a, left_ns);
	account();
	if (err) {
		stop();
		if (err != -ECHILD)
			blame(a);
		return err;
	}
	note_costs(a);
	return parser.message.head.error > 0 ? -EPROTO : parser.message.head.error;
}

static int ask_here(const struct parser_ask *a)
{
	struct parser_request r = a->request;
	int fd = a->fd < 0 ? -1 : fcntl(a->fd, F_DUPFD_CLOEXEC, 0);
	static char text[PARSER_TEXT_MAX + 1];

	r.bytes = (uint32_t)a->bytes;
	if (a->bytes)
		memcpy(text, a->text, a->bytes);
	text[a->bytes] = '\0';
	parser.answerer(&r, text, fd, a->at, &parser.message);
	parser.message.body[parser.message.head.bytes] = '\0';
	return parser.message.head.error;
}

int parser__ask(const struct parser_ask *a, const struct parser_message **ret)
{
	uint64_t before = parser__current();

	if (a->bytes > PARSER_TEXT_MAX)
		return -ENAMETOOLONG;
	*ret = &parser.message;
	if (!parser.separate)
		return ask_here(a);
	if (is_refused(a))
		return -EAGAIN;
	/* Its modules are not known to a new one. */
	if (parser__current() != before && a->request.kind != PARSER_OPEN && a->request.kind != PARSER_READ)
		return -ECHILD;
	return ask_process(a);
}

void parser__forget(uint32_t module, struct budget_hold *held)
{
	struct parser_ask a = {.request = {.kind = PARSER_CLOSE, .module = module}, .fd = -1};

	if (!parser.separate) {
		ask_here(&a);
		return;
	}
	if (parser_process__current() && send_request(&a, 0))
		stop();
	parser.held_bytes = gained_since(parser.held_bytes, held->bytes);
	budget__drop(held, UINT64_MAX);
}

const char *parser__given_up(void)
{
	return parser.given_up;
}

void parser__answered_by(parser_answerer *fn)
{
	parser.answerer = fn;
}

uint64_t parser__cpu_ns(void)
{
	return parser_process__cpu_ns();
}

uint64_t parser__held_bytes(void)
{
	return parser.held_bytes;
}

const char *parser_message__text(const struct parser_message *m, uint32_t at)
{
	return at && at < m->head.bytes ? (const char *)m->body + at : NULL;
}
