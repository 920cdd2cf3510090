// SPDX-License-Identifier: GPL-2.0-or-later
#include "cli/screen_settings.h"

#include <errno.h>
#include <fcntl.h>
#include <limits.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

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

void screen_settings__read(struct ui *ui, char *message, size_t size)
{
	char place[PATH_MAX], path[PATH_MAX], *text = NULL, *rest, *line;
	unsigned number = 0, wrong = 0, first = 0;
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
	rest = text;
	while ((line = strsep(&rest, "\n"))) {
		number++;
		if (take_line(ui, line) && !wrong++)
			first = number;
	}
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

/* A new file takes the place of the old one: it is never seen half written, and no link is followed. */
int screen_settings__write(const struct ui *ui, char *path, size_t size)
{
	char place[PATH_MAX], file[PATH_MAX], new[PATH_MAX];
	int fd, err;
	FILE *out;

	*path = '\0';
	if (!folder(place))
		return -ENOENT;
	err = make_folders(place);
	if (err)
		return err;
	snprintf(file, sizeof(file), "%.*s" FILE_NAME, PATH_ROOM, place);
	snprintf(path, size, "%s", file);
	if (snprintf(new, sizeof(new), "%s.%d", file, (int)getpid()) >= (int)sizeof(new))
		return -ENAMETOOLONG;
	fd = open(new, O_WRONLY | O_CREAT | O_EXCL | O_CLOEXEC, 0644);
	out = fd >= 0 ? fdopen(fd, "w") : NULL;
	if (!out)
		return -errno;
	ui__settings(ui, out);
	err = fclose(out) || rename(new, file) ? -errno : 0;
	if (err)
		unlink(new);
	return err;
}
