/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Where a file is to be written, safely in a folder where others may write, too (/tmp), whatever the kernel's
 * fs.protected_* say: the folder is opened once, and what is there is judged by who can have put it there.
 */
#ifndef TS_UTIL_FILE_PLACE_H
#define TS_UTIL_FILE_PLACE_H

#include <limits.h>
#include <stdbool.h>
#include <sys/stat.h>

struct file_place {
	int folder; /* O_PATH */
	uid_t owner;
	bool shared; /* not the owner alone may write there */
	char name[NAME_MAX + 1];
};

/*
 * Opens the folder of a path; file_place__close() is due on success. A symbolic link on the way is followed
 * if it belongs to root, to the caller or to the owner of the folder that has it. 0, or -ELOOP: it belongs to
 * somebody else, or there are too many; -EISDIR: the path names no file; or another negative errno.
 */
int file_place__open(const char *path, struct file_place *ret);
void file_place__close(struct file_place *p);

/* What the name is, links not followed. 0, or -ENOENT: nothing; or another negative errno. */
int file_place__look(const struct file_place *p, struct stat *ret);

/* It belongs to root, to the caller or to the owner of the folder, or nobody else may write there. */
bool file_place__trusts(const struct file_place *p, const struct stat *st);

/* The mode of a new file, as the umask has it. */
mode_t file_place__usual_mode(void);

/*
 * A new, empty file of that mode, written only by the caller so far, under a name of its own until it takes
 * the place's (file_place__take). 0 or a negative errno.
 */
int file_place__create(const struct file_place *p, mode_t mode, char temporary[NAME_MAX + 1], int *ret_fd);
/* On failure the temporary file is gone. */
int file_place__take(const struct file_place *p, const char *temporary);
void file_place__drop(const struct file_place *p, const char *temporary);

#endif
