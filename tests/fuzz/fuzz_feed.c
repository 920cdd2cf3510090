/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Any bytes as what a collector writes: samples, snapshots and complaints. What the feed makes of them is
 * shown on the screen, in each view, with keys from the input.
 *   1 byte: columns; 1: rows; 1: keys; 2: bytes of complaints; 3: bytes of snapshots; then these, then
 * samples
 */
#include <poll.h>
#include <signal.h>
#include <sys/mman.h>
#include <unistd.h>

#include "facts/saved/encode.h"
#include "facts/saved/form.h"
#include "feed/feed.h"
#include "screen/scene.h"
#include "screen/ui.h"
#include "tests/fuzz/fuzz.h"

#define COMPLAINTS_MAX 16384 /* fit a pipe */
#define KEYS_MAX       24

/* A descriptor that gives these bytes, then ends. */
static int file_of(const void *bytes, size_t size)
{
	int fd = memfd_create("fuzz", MFD_CLOEXEC);

	if (fd < 0 || write(fd, bytes, size) != (ssize_t)size || lseek(fd, 0, SEEK_SET))
		abort();
	return fd;
}

static int pipe_of(const void *bytes, size_t size)
{
	int ends[2];

	if (pipe(ends) || write(ends[1], bytes, size) != (ssize_t)size)
		abort();
	close(ends[1]);
	return ends[0];
}

static struct fuzz_input part(struct fuzz_input *in, size_t size)
{
	struct fuzz_input p = {in->at, size < in->left ? size : in->left};

	in->at += p.left;
	in->left -= p.left;
	return p;
}

/* Where the bytes have no layout of their own they get ours. */
static int samples_of(const struct fuzz_input *in)
{
	struct bytes file = {0}, layout = {0};
	int fd;

	if (in->left >= strlen(FORM_MAGIC) && !memcmp(in->at, FORM_MAGIC, strlen(FORM_MAGIC)))
		return file_of(in->at, in->left);
	encode__layout(&layout);
	bytes__put(&file, FORM_MAGIC, strlen(FORM_MAGIC));
	bytes__put_byte(&file, RECORD_LAYOUT);
	bytes__put_number(&file, layout.size);
	bytes__put(&file, layout.data, layout.size);
	bytes__put(&file, in->at, in->left);
	fd = file_of(file.data, file.size);
	free(layout.data);
	free(file.data);
	return fd;
}

/* Until the stream is at its end; a file never is silent. */
static void take_all(struct feed *f, struct ui *ui)
{
	struct pollfd fd = {.fd = feed__fd(f), .events = POLLIN};

	while (feed__state(f) != FEED_BROKEN && feed__state(f) != FEED_OVER) {
		poll(&fd, 1, 1000);
		if (feed__take(f))
			ui__take(ui);
	}
	feed__take(f);
	ui__take(ui);
}

static void show(struct ui *ui, struct fuzz_input *keys, unsigned rows, unsigned columns)
{
	static const int VIEW_KEYS[] = {'1', '2', '3', '4', '5', '6', '7', '8', '9', '0'};
	struct canvas c = {0};

	canvas__resize(&c, rows, columns);
	for (size_t i = 0; i < sizeof(VIEW_KEYS) / sizeof(*VIEW_KEYS); i++) {
		ui__key(ui, &(struct key){.code = VIEW_KEYS[i]});
		ui__draw(ui, &c);
		ui__key(ui, &(struct key){.code = '\r'});
		ui__draw(ui, &c);
		ui__key(ui, &(struct key){.code = CODE_ESCAPE});
	}
	while (keys->left) {
		unsigned code = (unsigned)fuzz__number(keys, 1);

		/* The upper half are those that are no characters. */
		ui__key(ui, &(struct key){.code = code < 128 ? (int)code : CODE_UP + (int)(code & 31),
					  .row = code % rows,
					  .column = code % columns});
		ui__draw(ui, &c);
	}
	free(canvas__text(&c));
	canvas__free(&c);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	struct fuzz_input in = {data, size};
	unsigned columns = (unsigned)fuzz__number(&in, 1) + 1,
		 rows = (unsigned)fuzz__number(&in, 1) % 100 + 1;
	size_t key_count = fuzz__number(&in, 1) % KEYS_MAX;
	size_t complaint_count = fuzz__number(&in, 2) % COMPLAINTS_MAX, snapshot_count = fuzz__number(&in, 3);
	struct fuzz_input keys = part(&in, key_count), complaints = part(&in, complaint_count);
	struct fuzz_input snapshots = part(&in, snapshot_count);
	struct ui_options o = {.interval_ns = 1000000000};
	struct ui_host host = {.arg = NULL};
	struct ui *ui = ui__new(&o, &host);
	struct feed *f;

	signal(SIGPIPE, SIG_IGN);
	setenv("TZ", "UTC", 1);
	if (feed__of_collector(&(struct feed_pipes){.samples = samples_of(&in),
						    .snapshots = file_of(snapshots.at, snapshots.left),
						    .messages = pipe_of(complaints.at, complaints.left),
						    .requests = file_of("", 0)},
			       &f))
		abort();
	ui__set_feed(ui, f, size & 1);
	take_all(f, ui);
	show(ui, &keys, rows, columns);
	ui__free(ui);
	feed__close(f);
	return 0;
}
