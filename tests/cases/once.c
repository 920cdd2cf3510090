/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * "first" runs a slow initializer by pthread_once(); four threads "later" wait until it has.
 *
 * Perfect: 4 threads wait, up to T, for the once control that first has, which has been in clock_nanosleep
 * for T.
 */
#include "case.h"

static pthread_once_t control = PTHREAD_ONCE_INIT;

FRAME void initialize(void)
{
	sleep(1000);
}

static void *use(void *name)
{
	prctl(PR_SET_NAME, name);
	pthread_once(&control, initialize);
	return NULL;
}

int main(void)
{
	pthread_t t;

	pthread_create(&t, NULL, use, "first");
	usleep(200000);
	for (int i = 0; i < 4; i++)
		pthread_create(&t, NULL, use, "later");
	sleep(2);
	puts("ready");
	fflush(stdout);
	for (;;)
		pause();
}
