// SPDX-License-Identifier: GPL-2.0-or-later
#include "cli/screen_output.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <sys/wait.h>
#include <unistd.h>

#include "cli/output_pump.h"
#include "util/clock.h"
#include "util/heap.h"

#define MOST_AT_ONCE (8u << 20)  /* more than the other process keeps: what is taken is near to now */
#define REST_NS      50000000ull /* between two looks: a screen is drawn twenty times a second for it */
#define REST_TIMES   3           /* as long as taking and drawing took, at least */

struct screen_output {
	struct loop *loop;
	struct ui *ui;
	int fd; /* -1: it has ended */
	pid_t pid;
	uint64_t came_ns; /* something has been taken and not drawn; 0: no */
	uint64_t rest_ns; /* until then; 0: does not rest */
	struct {
		struct output_packet head;
		char bytes[OUTPUT_PACKET_BYTES];
	} packet;
};

static void end(struct screen_output *o)
{
	if (o->fd < 0)
		return;
	loop__remove(o->loop, o->fd);
	close(o->fd);
	o->fd = -1;
}

/* Returns its size, 0: there is no more now. */
static size_t take_packet(struct screen_output *o)
{
	ssize_t n = recv(o->fd, &o->packet, sizeof(o->packet), MSG_DONTWAIT);
	const struct output_packet *head = &o->packet.head;

	if (n < 0 && (errno == EAGAIN || errno == EINTR))
		return 0;
	if (n < (ssize_t)sizeof(*head) || head->stream >= OUTPUT_PACKET_END) {
		bool whole = n > 0 && head->stream == OUTPUT_PACKET_END;

		end(o);
		ui__output_over(o->ui, whole ? NULL : "the process that reads the output has died");
		return 0;
	}
	ui__output(o->ui, &(struct ui_output){.stream = (enum output_stream)head->stream,
					      .wall_ns = head->wall_ns,
					      .lost = head->lost,
					      .bytes = o->packet.bytes,
					      .size = (size_t)n - sizeof(*head)});
	return (size_t)n;
}

static void came(void *arg, int fd)
{
	struct screen_output *o = arg;
	size_t taken = 0, n;

	(void)fd;
	o->came_ns = monotonic_ns();
	while (taken < MOST_AT_ONCE && (n = take_packet(o)))
		taken += n;
}

uint64_t screen_output__rest(struct screen_output *o)
{
	uint64_t now = monotonic_ns(), took;

	if (!o || o->fd < 0)
		return LOOP_FOREVER;
	if (o->came_ns) {
		took = gained_since(now, o->came_ns) * REST_TIMES;
		o->rest_ns = now + (took > REST_NS ? took : REST_NS);
		o->came_ns = 0;
		loop__remove(o->loop, o->fd);
	} else if (o->rest_ns && now >= o->rest_ns) {
		o->rest_ns = 0;
		if (loop__add(o->loop, o->fd, came, o))
			end(o);
	}
	return o->rest_ns ? o->rest_ns : LOOP_FOREVER;
}

int screen_output__new(struct loop *loop, struct ui *ui, int ret_writers[2], struct screen_output **ret)
{
	struct screen_output *o = HEAP_NEW(struct screen_output, 1);
	int err;

	o->loop = loop;
	o->ui = ui;
	err = output_pump__start(ret_writers, &o->fd, &o->pid);
	if (err) {
		free(o);
		return err;
	}
	err = loop__add(loop, o->fd, came, o);
	if (err) {
		close(ret_writers[0]);
		close(ret_writers[1]);
		close(o->fd);
		free(o);
		return err;
	}
	*ret = o;
	return 0;
}

void screen_output__reap(struct screen_output *o)
{
	if (o && o->pid && waitpid(o->pid, NULL, WNOHANG) == o->pid)
		o->pid = 0;
}

void screen_output__free(struct screen_output *o)
{
	if (o)
		end(o);
	free(o);
}
