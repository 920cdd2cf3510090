// SPDX-License-Identifier: GPL-2.0-or-later
#include "cli/output_pump.h"

#include <errno.h>
#include <fcntl.h>
#include <poll.h>
#include <signal.h>
#include <stdbool.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/prctl.h>
#include <sys/socket.h>
#include <sys/syscall.h>
#include <time.h>
#include <unistd.h>

#define PIPE_ROOM \
	65536 /* of a pipe: what is read at once, so that the order of both stays near to the truth */
#define SLOT_BYTES   1004u
#define SLOTS        4096u /* 4 MiB: what is kept for a screen that does not take it */
#define PACKET_SLOTS (OUTPUT_PACKET_BYTES / SLOT_BYTES)
#define SAME_TIME_NS 100000000ull /* what comes within it has one time */

struct slot {
	uint64_t lost, wall_ns;
	uint16_t stream, size;
	char bytes[SLOT_BYTES];
};

static struct {
	int from[2]; /* -1: has ended */
	int to;      /* -1: the screen is gone */
	size_t first, count;
	struct slot *slots; /* a ring; mapped, because only the new process needs them */
} pump;

/* ---- what has been read --------------------------------------------------------------------- */

static uint64_t wall_now(void)
{
	struct timespec t;

	clock_gettime(CLOCK_REALTIME, &t);
	return (uint64_t)t.tv_sec * 1000000000ull + (uint64_t)t.tv_nsec;
}

static struct slot *slot_at(size_t i)
{
	return &pump.slots[(pump.first + i) % SLOTS];
}

static void drop_slots(size_t count)
{
	pump.first = (pump.first + count) % SLOTS;
	pump.count -= count;
}

/* The oldest goes: what a command says last is why it ended. */
static void lose_oldest(void)
{
	uint64_t lost = slot_at(0)->lost + slot_at(0)->size;

	drop_slots(1);
	slot_at(0)->lost += lost;
}

static struct slot *slot_for(uint16_t stream, uint64_t now)
{
	struct slot *last = pump.count ? slot_at(pump.count - 1) : NULL;

	if (last && last->stream == stream && last->size < SLOT_BYTES && now - last->wall_ns < SAME_TIME_NS)
		return last;
	if (pump.count == SLOTS)
		lose_oldest();
	last = slot_at(pump.count++);
	last->lost = 0;
	last->wall_ns = now;
	last->stream = stream;
	last->size = 0;
	return last;
}

static void keep(uint16_t stream, const char *bytes, size_t size)
{
	uint64_t now = wall_now();

	while (size) {
		struct slot *s = slot_for(stream, now);
		size_t room = SLOT_BYTES - s->size, taken = size < room ? size : room;

		memcpy(s->bytes + s->size, bytes, taken);
		s->size = (uint16_t)(s->size + taken);
		bytes += taken;
		size -= taken;
	}
}

/* All that the pipe has. Returns how much that is. */
static size_t read_stream(uint16_t stream, char bytes[PIPE_ROOM])
{
	ssize_t n = pump.from[stream] < 0 ? 0 : read(pump.from[stream], bytes, PIPE_ROOM);

	if (pump.from[stream] >= 0 && (!n || (n < 0 && errno != EINTR && errno != EAGAIN))) {
		close(pump.from[stream]);
		pump.from[stream] = -1;
	}
	return n > 0 ? (size_t)n : 0;
}

/* Errors are read first and come last: what was printed before an error is never shown behind it. */
static void take(void)
{
	static char bytes[2][PIPE_ROOM];
	size_t errors = read_stream(1, bytes[1]), output = read_stream(0, bytes[0]);

	if (pump.to < 0)
		return;
	keep(0, bytes[0], output);
	keep(1, bytes[1], errors);
}

/* ---- to the screen -------------------------------------------------------------------------- */

static void leave_screen(void)
{
	close(pump.to);
	pump.to = -1;
	pump.count = 0;
}

/* false: there is no room now. */
static bool send_packet(struct output_packet *head, struct iovec *parts, size_t count)
{
	struct msghdr m = {.msg_iov = parts, .msg_iovlen = count};

	parts[0] = (struct iovec){head, sizeof(*head)};
	if (sendmsg(pump.to, &m, MSG_DONTWAIT | MSG_NOSIGNAL) >= 0)
		return true;
	if (errno == EPIPE || errno == ECONNRESET || errno == ENOTCONN)
		leave_screen();
	return false;
}

/* The oldest slots that make one packet. */
static bool send_oldest(void)
{
	const struct slot *s = slot_at(0);
	struct output_packet head = {.stream = s->stream, .lost = s->lost, .wall_ns = s->wall_ns};
	struct iovec parts[1 + PACKET_SLOTS];
	size_t count = 0;

	do {
		parts[1 + count] = (struct iovec){slot_at(count)->bytes, slot_at(count)->size};
		count++;
		s = slot_at(count);
	} while (count < PACKET_SLOTS && count < pump.count && s->stream == head.stream && !s->lost &&
		 s->wall_ns - head.wall_ns < SAME_TIME_NS);
	if (!send_packet(&head, parts, 1 + count))
		return false;
	drop_slots(count);
	return true;
}

static void send_end(void)
{
	struct output_packet head = {.stream = OUTPUT_PACKET_END};
	struct iovec part;

	if (send_packet(&head, &part, 1))
		leave_screen();
}

/* ---- the process ---------------------------------------------------------------------------- */

/* It outlives a screen that is killed, and its terminal: nothing of theirs may stay open in it. */
static void become_alone(void)
{
	static const int IGNORED[] = {SIGHUP, SIGINT, SIGQUIT, SIGTERM, SIGPIPE, SIGTSTP};
	int *const kept[] = {&pump.from[0], &pump.from[1], &pump.to};

	for (size_t i = 0; i < sizeof(IGNORED) / sizeof(*IGNORED); i++)
		signal(IGNORED[i], SIG_IGN);
	setsid();
	prctl(PR_SET_NAME, "ts-output");
	if (chdir("/"))
		_exit(1);
	for (int i = 0; i < 3; i++) {
		int fd = fcntl(*kept[i], F_DUPFD, 3); /* all three are above 2 then */

		if (fd < 0)
			_exit(1);
		*kept[i] = fd;
	}
	for (int i = 0; i < 3; i++)
		if (dup2(*kept[i], i) < 0)
			_exit(1);
		else
			*kept[i] = i;
	syscall(SYS_close_range, 3u, ~0u, 0u);
}

static _Noreturn void run(void)
{
	pump.slots = mmap(NULL, SLOTS * sizeof(*pump.slots), PROT_READ | PROT_WRITE,
			  MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);
	if (pump.slots == MAP_FAILED)
		_exit(1);
	become_alone();
	for (;;) {
		bool ended = pump.from[0] < 0 && pump.from[1] < 0;
		struct pollfd fds[] = {{pump.from[0], POLLIN, 0},
				       {pump.from[1], POLLIN, 0},
				       {pump.to, pump.count || ended ? POLLOUT : 0, 0}};

		if (ended && pump.to < 0)
			_exit(0);
		if (poll(fds, 3, -1) < 0)
			continue;
		if (fds[0].revents || fds[1].revents)
			take();
		if (fds[2].revents & (POLLHUP | POLLERR))
			leave_screen();
		else if (fds[2].revents && pump.count)
			while (pump.count && send_oldest())
				;
		else if (fds[2].revents && ended)
			send_end();
	}
}

static void close_pairs(int pairs[3][2])
{
	for (int i = 0; i < 3; i++)
		for (int k = 0; k < 2; k++)
			if (pairs[i][k] >= 0)
				close(pairs[i][k]);
}

static int open_pairs(int pairs[3][2])
{
	for (int i = 0; i < 3; i++)
		pairs[i][0] = pairs[i][1] = -1;
	if (pipe2(pairs[0], O_CLOEXEC) || pipe2(pairs[1], O_CLOEXEC) ||
	    socketpair(AF_UNIX, SOCK_SEQPACKET | SOCK_CLOEXEC, 0, pairs[2]))
		return -errno;
	for (int i = 0; i < 2; i++) {
		int flags = fcntl(pairs[i][0], F_GETFL);

		/* Only of our end: the command's stays as a pipe is. */
		if (flags < 0 || fcntl(pairs[i][0], F_SETFL, flags | O_NONBLOCK))
			return -errno;
		fcntl(pairs[i][0], F_SETPIPE_SZ, PIPE_ROOM); /* it is so, but for pages of another size */
	}
	return 0;
}

int output_pump__start(int ret_writers[2], int *ret_fd, pid_t *ret_pid)
{
	int pairs[3][2], err = open_pairs(pairs);
	pid_t pid = err ? -1 : fork();

	if (!err && pid < 0)
		err = -errno;
	if (err) {
		close_pairs(pairs);
		return err;
	}
	if (!pid) {
		pump.from[0] = pairs[0][0];
		pump.from[1] = pairs[1][0];
		pump.to = pairs[2][1];
		run();
	}
	close(pairs[0][0]);
	close(pairs[1][0]);
	close(pairs[2][1]);
	ret_writers[0] = pairs[0][1];
	ret_writers[1] = pairs[1][1];
	*ret_fd = pairs[2][0];
	*ret_pid = pid;
	return 0;
}
