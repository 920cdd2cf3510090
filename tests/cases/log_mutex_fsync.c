/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * The demo service on a slow disk: eight threads write and sync one log under log_mutex, and another one
 * archives it under the same lock. Perfect: one sentence on the lock, who holds it, and the sync that its
 * holder is in; what the log suffers stands below it.
 *   log_mutex_fsync DIRECTORY
 */
#define main run_service
#include "../../demo/demo-service.c"
#undef main

int main(int argc, char **argv)
{
	puts("ready");
	fflush(stdout);
	return run_service(argc, argv);
}
