// SPDX-License-Identifier: GPL-2.0-or-later
#include "cli/screen_settings.h"

#include <errno.h>
#include <fcntl.h>
#include <limits.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/stat.h>
#include <unistd.h>

#include "util/file_place.h"

#define MOST_BYTES (64 * 1024) /* far more than there are settings */

#define FILE_NAME "/config"
#define PATH_ROOM ((int)(PATH_MAX - sizeof(FILE_NAME)))

/* The folder of the settings, with room for the file's name. NULL: the environment does not say where. */
static const char *folder(char dst[PATH_MAX])
{
	const char *config = getenv("XDG_CONFIG_HOME"), *home = getenv("HOME");
	int length;

	if (config && *config == '/')
		length = snprintf(dst, PATH_MAX, "%s/threadscope", config);
	else if (home && *home == '/')
		length = snprintf(dst, PATH_MAX, "%s/.config/threadscope", home);
	else
		return NULL;
	return length <= PATH_ROOM ? dst : NULL;
}

/* ---- reading --------------------------------------------------------------------- */

/* The whole file. -EFBIG: no file of settings is so large; -EINVAL: no regular file. */
static int read_whole(const char *path, char **ret)
{
	int fd = open(path, O_RDONLY | O_CLOEXEC | O_NONBLOCK | O_NOCTTY), err = 0;
	struct stat st;
	ssize_t n;

	if (fd < 0)
		return -errno;
	if (fstat(fd, &st))
		err = -errno;
	else if (!S_ISREG(st.st_mode))
		err = -EINVAL;
	else if (st.st_size > MOST_BYTES)
		err = -EFBIG;
	if (err) {
		close(fd);
		return err;
	}
	*ret = calloc(1, MOST_BYTES + 1);
	n = *ret ? read(fd, *ret, MOST_BYTES) : -1;
	close(fd);
	if (n >= 0)
		return 0;
	free(*ret);
	return -EIO;
}

static char *trim(char *text)
{
	char *end = text + strlen(text);

	while (end > text && strchr(" \t\r", end[-1]))
		*--end = '\0';
	return text + strspn(text, " \t");
}

/* 0, or a negative errno if the line is not a setting. */
static int take_line(struct ui *ui, char *line)
{
	char *equals = strchr(line, '='), *name;

	name = trim(line);
	if (!*name || *name == '#')
		return 0;
	if (!equals)
		return -EINVAL;
	*equals = '\0';
	return ui__set(ui, trim(name), trim(equals + 1));
}

unsigned screen_settings__take(struct ui *ui, char *text, unsigned *ret_first)
{
	unsigned number = 0, wrong = 0;
	char *line;

	while ((line = strsep(&text, "\n"))) {
		number++;
		if (take_line(ui, line) && !wrong++)
			*ret_first = number;
	}
	return wrong;
}

void screen_settings__read(struct ui *ui, char *message, size_t size)
{
	char place[PATH_MAX], path[PATH_MAX], *text = NULL;
	unsigned wrong, first = 0;
	int err;

	*message = '\0';
	if (!folder(place))
		return;
	snprintf(path, sizeof(path), "%.*s" FILE_NAME, PATH_ROOM, place);
	err = read_whole(path, &text);
	if (err == -ENOENT || err == -ENOTDIR)
		return;
	if (err) {
		snprintf(message, size, "%.200s ignored: %s", path,
			 err == -EFBIG ? "larger than 64 KiB" : strerror(-err));
		return;
	}
	wrong = screen_settings__take(ui, text, &first);
	free(text);
	if (wrong)
		snprintf(message, size, "%.200s: invalid line %u (%u invalid %s ignored)", path, first, wrong,
			 wrong == 1 ? "line" : "lines");
}

/* ---- writing ------------------------------------------------------------------------- */

static int make_folders(char *path)
{
	for (char *slash = strchr(path + 1, '/'); slash; slash = strchr(slash + 1, '/')) {
		*slash = '\0';
		mkdir(path, 0755);
		*slash = '/';
	}
	return mkdir(path, 0755) && errno != EEXIST ? -errno : 0;
}

/* Closes fd. */
static int copy_to(int fd, int text)
{
	char bytes[4096];
	ssize_t n;
	off_t at = 0;
	int err = 0;

	while (!err && at < MOST_BYTES && (n = pread(text, bytes, sizeof(bytes), at)) != 0) {
		if (n < 0 || write(fd, bytes, (size_t)n) != n)
			err = errno ? -errno : -EIO;
		at += n;
	}
	if (close(fd) && !err)
		err = -errno;
	return err;
}

/* A new file takes the place of the old one: it is never seen half written, and no link is followed. */
static int write_file(int text, const char *path)
{
	char temporary[NAME_MAX + 1];
	struct file_place p;
	int fd = -1, err = file_place__open(path, &p);

	if (err)
		return err;
	err = file_place__create(&p, 0644, temporary, &fd);
	if (!err)
		err = copy_to(fd, text);
	if (!err)
		err = file_place__take(&p, temporary);
	else if (fd >= 0)
		file_place__drop(&p, temporary);
	file_place__close(&p);
	return err;
}

int screen_settings__store(int text)
{
	char place[PATH_MAX], path[PATH_MAX];
	int err;

	if (!folder(place))
		return -ENOENT;
	err = make_folders(place);
	if (err)
		return err;
	snprintf(path, sizeof(path), "%.*s" FILE_NAME, PATH_ROOM, place);
	return write_file(text, path);
}

int screen_settings__write(const struct ui *ui, struct starter *starter, char *path, size_t size)
{
	int fd = memfd_create("threadscope", MFD_CLOEXEC), copy = fd < 0 ? -1 : dup(fd), err = 0;
	FILE *out = copy < 0 ? NULL : fdopen(copy, "w");
	char place[PATH_MAX];

	*path = '\0';
	if (folder(place))
		snprintf(path, size, "%.*s" FILE_NAME, PATH_ROOM, place);
	if (out)
		ui__settings(ui, out);
	if (!out || fclose(out))
		err = -errno;
	if (!out && copy >= 0)
		close(copy);
	if (!err)
		err = starter ? starter__settings(starter, fd) : screen_settings__store(fd);
	if (fd >= 0)
		close(fd);
	return err;
}
