// SPDX-License-Identifier: GPL-2.0-or-later
/* The parser's own side: what it gives up, and its loop. */
#include <errno.h>
#include <signal.h>
#include <string.h>
#include <sys/prctl.h>
#include <unistd.h>

#include "symbols/parser_rights.h"
#include "symbols/parser_wire.h"
#include "symbols/supply.h"
#include "target/helper_process.h"
#include "target/helper_rights.h"
#include "util/fd_message.h"

static struct {
	struct parser_wire in;
	struct parser_message out;
} own;

static bool reply(struct parser_message *m)
{
	return !fd_message__send(HELPER_SOCKET, m, sizeof(m->head) + m->head.bytes, -1);
}

/* In the middle of a request: the collector looks for a file. */
static int ask_for(const struct supply_wish *w)
{
	struct parser_message *m = &own.out;
	uint32_t bytes = m->head.bytes;
	struct parser_request answer;
	int fd;

	m->head.error = PARSER_NEEDS;
	m->head.bytes = sizeof(*w);
	memcpy(m->body, w, sizeof(*w));
	if (!reply(m) || fd_message__receive(HELPER_SOCKET, &answer, sizeof(answer), &fd) <= 0)
		_exit(0);
	m->head.bytes = bytes;
	return fd < 0 ? -ENOENT : fd;
}

static void serve_one(int fd)
{
	struct module_place at = {.path = own.in.r.has_path ? "/" : "", .pid = own.in.r.pid};
	uint64_t refused = budget__refused();

	own.out.head = (struct parser_reply){.number = own.in.r.number};
	own.in.text[own.in.r.bytes] = '\0';
	budget__grant(own.in.r.left_ns, own.in.r.left_bytes);
	parser_serve__request(&own.in.r, own.in.text, fd, &at, &own.out);
	budget__end();
	own.out.head.held_bytes = budget__bytes();
	own.out.head.refused = (uint32_t)(budget__refused() - refused);
	if (own.in.r.kind != PARSER_CLOSE && !reply(&own.out))
		_exit(0);
}

/* The terminal sends some of these to all processes that it knows. */
static void ignore_signals(void)
{
	static const int signals[] = {SIGINT,  SIGQUIT, SIGHUP,  SIGTERM, SIGPIPE,
				      SIGTSTP, SIGALRM, SIGUSR1, SIGUSR2};

	for (size_t i = 0; i < sizeof(signals) / sizeof(*signals); i++)
		signal(signals[i], SIG_IGN);
}

void parser_serve__requests(void)
{
	uint64_t bytes = budget__limit_bytes();
	int fd;

	prctl(PR_SET_NAME, "threadscope-par");
	ignore_signals();
	helper_rights__unmap_bpf();
	supply__by(ask_for);
	parser_rights__give_up(bytes + bytes / 4 + (64u << 20));
	while (fd_message__receive(HELPER_SOCKET, &own.in, sizeof(own.in.r) + PARSER_TEXT_MAX, &fd) >=
	       (ssize_t)sizeof(own.in.r))
		serve_one(fd);
	_exit(0);
}
