/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * fanotify FOLDER file|mount: "av-scanner" is to permit each opening of a file (fanotify, FAN_OPEN_PERM), and
 * has gone to sleep over the first one. Three threads need the file under a lock. The file is on a tmpfs of
 * this process's own, so that nobody else waits for the scanner.
 *
 * Perfect: two threads wait for the lock, held by the one that waits in open for the scanner's permission.
 */
#include "case.h"
#include <sys/fanotify.h>
#include <sys/mount.h>

static const char *folder, *what;
static char file[PATH_MAX];
static pthread_mutex_t config_lock = PTHREAD_MUTEX_INITIALIZER;
static int listener;

static void scan(void)
{
	struct fanotify_event_metadata event;

	if (read(listener, &event, sizeof(event)) < 0)
		die("read");
	sleep_on();
}

static void read_config(void)
{
	pthread_mutex_lock(&config_lock);
	open(file, O_RDONLY | O_CLOEXEC);
	pthread_mutex_unlock(&config_lock);
}

int main(int argc, char **argv)
{
	pid_t scanner;

	if (argc != 3)
		return 2;
	folder = argv[1];
	what = argv[2];
	if (unshare(CLONE_NEWNS) || mount(NULL, "/", NULL, MS_REC | MS_PRIVATE, NULL) ||
	    mount("scanned", folder, "tmpfs", 0, NULL))
		die("mount");
	snprintf(file, sizeof(file), "%s/app.conf", folder);
	close(open(file, O_RDWR | O_CREAT | O_CLOEXEC, 0600));
	listener = fanotify_init(FAN_CLASS_CONTENT | FAN_CLOEXEC, O_RDONLY);
	if (listener < 0 || fanotify_mark(listener, FAN_MARK_ADD | (*what == 'm' ? FAN_MARK_MOUNT : 0),
					  FAN_OPEN_PERM, AT_FDCWD, *what == 'm' ? folder : file))
		die("fanotify");
	scanner = start_child("av-scanner", scan);
	close(listener);
	/* It is in an uninterruptible sleep. */
	wait_until_still(start_named("reader-1", read_config));
	start_blocked("reader-2", read_config);
	start_blocked("reader-3", read_config);
	sleep_ns(1100000000);
	tell("ready scanner=%d", (int)scanner);
	sleep_on();
}
