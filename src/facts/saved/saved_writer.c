// SPDX-License-Identifier: GPL-2.0-or-later
#include "facts/calls.h"
#include "facts/saved/saved.h"

#include <errno.h>
#include <fcntl.h>
#include <stdlib.h>
#include <sys/stat.h>
#include <unistd.h>

#include "facts/saved/encode.h"
#include "facts/saved/form.h"
#include "util/file_place.h"
#include "util/heap.h"

struct saved_writer {
	FILE *out;
	struct encoder encoder;
	bool whole;
};

static void write_record(FILE *out, char type, const struct bytes *b)
{
	struct bytes size = {0};

	bytes__put_number(&size, b->size);
	fputc(type, out);
	fwrite(size.data, 1, size.size, out);
	if (b->size)
		fwrite(b->data, 1, b->size, out);
	free(size.data);
}

static int flush(FILE *out)
{
	errno = 0;
	if (fflush(out) || ferror(out))
		return errno ? -errno : -EIO;
	return 0;
}

static int write_value(struct saved_writer *w, enum facts_table table, const void *value)
{
	struct encoder *e = &w->encoder;

	if (e->count > DEFINITIONS_RESET || e->bytes > DEFINITIONS_RESET_BYTES) {
		encode__reset(e);
		write_record(w->out, RECORD_RESET, &(struct bytes){0});
	}
	e->value.size = e->definitions.size = 0;
	encode__value(e, table, value);
	if (e->definitions.size)
		write_record(w->out, RECORD_DEFINITIONS, &e->definitions);
	write_record(w->out, RECORD_VALUE, &e->value);
	return flush(w->out);
}

static int write_head(struct saved_writer *w, const struct saved_head *h)
{
	struct saved_head own = *h;
	struct bytes layout = {0};

	if (!own.calls)
		own.calls = call_numbers__own;
	encode__layout(&layout);
	fputs(FORM_MAGIC, w->out);
	write_record(w->out, RECORD_LAYOUT, &layout);
	free(layout.data);
	return write_value(w, FACTS_saved_head, &own);
}

int saved_writer__new(FILE *out, const struct saved_head *h, struct saved_writer **ret)
{
	struct saved_writer *w = HEAP_NEW(struct saved_writer, 1);
	int err;

	w->out = out;
	err = write_head(w, h);
	if (err) {
		encode__free(&w->encoder);
		free(w);
		return err;
	}
	*ret = w;
	return 0;
}

/* Ours, and nobody else's: what is in it is what the target does. */
static int check_old(const struct stat *st)
{
	if (S_ISLNK(st->st_mode))
		return -ELOOP;
	if (S_ISDIR(st->st_mode))
		return -EISDIR;
	return S_ISREG(st->st_mode) && st->st_uid == geteuid() && st->st_nlink == 1 ? 0 : -EPERM;
}

/* A new one in its place: who has the old one open sees nothing of this. */
static int replace_old(const struct file_place *p, int *ret_fd)
{
	char temporary[NAME_MAX + 1];
	int err = file_place__create(p, 0600, temporary, ret_fd);

	if (err)
		return err;
	err = file_place__take(p, temporary);
	if (err)
		close(*ret_fd);
	return err;
}

/* Where the folder takes no new file (not writable, or the file is a mount of its own), the old one is cut.
 */
static int cut_old(const struct file_place *p, int *ret_fd)
{
	int fd = openat(p->folder, p->name, O_WRONLY | O_NOFOLLOW | O_NONBLOCK | O_NOCTTY | O_CLOEXEC), err;
	struct stat st;

	if (fd < 0)
		return -errno;
	err = fstat(fd, &st) ? -errno : check_old(&st);
	if (!err && (fchmod(fd, 0600) || ftruncate(fd, 0)))
		err = -errno;
	if (err)
		close(fd);
	else
		*ret_fd = fd;
	return err;
}

static bool takes_no_new_file(int err)
{
	return err == -EACCES || err == -EPERM || err == -EROFS || err == -EBUSY;
}

static struct {
	int (*fn)(void *arg, const char *path, int *ret_fd);
	void *arg;
} creator;

int saved_file__create(const char *path, int *ret_fd)
{
	struct file_place p;
	struct stat st;
	int err = file_place__open(path, &p);

	if (err)
		return err;
	err = file_place__look(&p, &st);
	if (err == -ENOENT) {
		*ret_fd =
			openat(p.folder, p.name, O_WRONLY | O_CREAT | O_EXCL | O_NOFOLLOW | O_CLOEXEC, 0600);
		err = *ret_fd < 0 ? -errno : 0;
	} else if (!err) {
		err = check_old(&st);
		if (!err)
			err = replace_old(&p, ret_fd);
		if (takes_no_new_file(err) && !check_old(&st) && !p.shared)
			err = cut_old(&p, ret_fd);
	}
	file_place__close(&p);
	return err;
}

int saved_writer__to(int fd, const struct saved_head *h, struct saved_writer **ret)
{
	FILE *out = fdopen(fd, "w");
	int err = out ? saved_writer__new(out, h, ret) : -ENOMEM;

	if (!out)
		close(fd);
	else if (err)
		fclose(out);
	return err;
}

void saved_writer__create_by(int (*fn)(void *arg, const char *path, int *ret_fd), void *arg)
{
	creator.fn = fn;
	creator.arg = arg;
}

int saved_writer__create(const char *path, const struct saved_head *h, struct saved_writer **ret)
{
	int fd = -1, err = creator.fn ? creator.fn(creator.arg, path, &fd) : saved_file__create(path, &fd);

	return err ? err : saved_writer__to(fd, h, ret);
}

int saved_writer__close(struct saved_writer *w)
{
	int err;

	if (!w)
		return 0;
	errno = 0;
	err = fclose(w->out) ? (errno ? -errno : -EIO) : 0;
	encode__free(&w->encoder);
	free(w);
	return err;
}

int saved_writer__snapshot(struct saved_writer *w, const struct saved_snapshot *h)
{
	return write_value(w, FACTS_saved_snapshot, h);
}

/* The record at *at, which moves behind it. NULL: it is cut off. */
static const uint8_t *next_record(struct cursor *c, size_t *ret_size)
{
	const uint8_t *from = c->at;
	uint64_t size;

	cursor__byte(c);
	size = cursor__number(c);
	cursor__bytes(c, size);
	*ret_size = (size_t)(c->at - from);
	return c->bad ? NULL : from;
}

int saved_writer__copy(struct saved_writer *w, const void *records, size_t size, bool without_first)
{
	struct cursor c = {records, (const uint8_t *)records + size, false};
	bool first = true;

	write_record(w->out, RECORD_RESET, &(struct bytes){0});
	while (first && cursor__left(&c)) {
		size_t length;
		const uint8_t *record = next_record(&c, &length);

		if (!record)
			return -EINVAL;
		first = *record != RECORD_VALUE;
		if (first || !without_first)
			fwrite(record, 1, length, w->out);
	}
	fwrite(c.at, 1, cursor__left(&c), w->out);
	return flush(w->out);
}

int saved_writer__note(struct saved_writer *w, const struct saved_note *n)
{
	return write_value(w, FACTS_saved_note, n);
}

void saved_writer__whole(struct saved_writer *w)
{
	w->whole = true;
}

int saved_writer__sample(struct saved_writer *w, const struct sample *s)
{
	struct sample without;

	if (w->whole || !s->go_list_count)
		return write_value(w, FACTS_sample, s);
	without = *s;
	without.go_list = NULL;
	without.go_list_count = 0;
	return write_value(w, FACTS_sample, &without);
}
