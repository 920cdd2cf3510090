// SPDX-License-Identifier: GPL-2.0-or-later
/* The file of saved samples, and the lines in it that are none. */
#include "facts/saved/saved.h"

#include <errno.h>
#include <fcntl.h>
#include <sys/stat.h>
#include <unistd.h>

#include "facts/saved/load_values.h"

int saved__flush(FILE *out)
{
	errno = 0;
	if (fflush(out) || ferror(out))
		return errno ? -errno : -EIO;
	return 0;
}

int saved__save_snapshot(FILE *out, const struct saved_snapshot *h)
{
	fprintf(out, "{\"wall_ns\":%llu", (unsigned long long)h->wall_ns);
	if (h->of > 1)
		fprintf(out, ",\"number\":%llu,\"of\":%llu", (unsigned long long)h->number,
			(unsigned long long)h->of);
	fputs("}\n", out);
	return saved__flush(out);
}

/* Ours, and nobody else's: what is in it is what the target does. */
static int check_file(int fd)
{
	struct stat st;

	if (fstat(fd, &st))
		return -errno;
	if (!S_ISREG(st.st_mode) || st.st_uid != geteuid() || st.st_nlink != 1)
		return -EPERM;
	return fchmod(fd, 0600) || ftruncate(fd, 0) ? -errno : 0;
}

int saved__create(const char *path, const struct saved_header *h, FILE **ret)
{
	/* Truncated only once it is known to be ours. */
	int fd = open(path, O_WRONLY | O_CREAT | O_NOFOLLOW | O_NONBLOCK | O_NOCTTY | O_CLOEXEC, 0600), err;
	FILE *out;

	if (fd < 0)
		return -errno;
	err = check_file(fd);
	out = err ? NULL : fdopen(fd, "w");
	if (!out) {
		close(fd);
		return err ? err : -ENOMEM;
	}
	fprintf(out, "{\"schema\":\"threadscope/sample/1\",\"command\":\"%s\",\"every_process\":%s}\n",
		h->snapshot ? "snapshot" : "top", h->every_process ? "true" : "false");
	err = saved__flush(out);
	if (err) {
		fclose(out);
		return err;
	}
	*ret = out;
	return 0;
}

int saved__load_snapshot(FILE *in, struct saved_snapshot *ret)
{
	struct saved_snapshot h = {.number = 1, .of = 1};
	struct loader l = {0};
	json_t *j = NULL;
	int err = load__read_object(in, &j);

	if (err)
		return err;
	h.wall_ns = load__as_number(&l, json_object_get(j, "wall_ns"), UINT64_MAX);
	if (json_object_get(j, "of")) {
		h.number = load__as_number(&l, json_object_get(j, "number"), UINT32_MAX);
		h.of = load__as_number(&l, json_object_get(j, "of"), UINT32_MAX);
	}
	json_decref(j);
	if (l.bad || !h.number || h.number > h.of)
		return -EINVAL;
	*ret = h;
	return 0;
}

int saved__read_header(FILE *in, struct saved_header *ret)
{
	static const char *const SCHEMAS[] = {"threadscope/sample/1"}, *const COMMANDS[] = {"top",
											    "snapshot"};
	struct saved_header h = {0};
	struct loader l = {0};
	json_t *j = NULL;
	int err = load__read_object(in, &j);

	if (err)
		return err == -ENODATA ? -EINVAL : err;
	load__need_word(&l, j, "schema", SCHEMAS, 1);
	h.snapshot = load__need_word(&l, j, "command", COMMANDS, 2) == COMMANDS[1];
	h.every_process = load__take_flag(&l, j, "every_process");
	json_decref(j);
	if (l.bad)
		return -EINVAL;
	*ret = h;
	return 0;
}
