/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * A thread of OpenMP reads a pipe in a critical section, which three others wait for. Its owner is kept
 * nowhere.
 *
 * Perfect: 3 threads wait T for a critical section of OpenMP. None of them is idle, or unknown.
 */
#include "case.h"
#include <omp.h>

static int ends[2], sum;

FRAME static void add(int number)
{
	char byte;

#pragma omp critical(table)
	{
		sum += number;
		if (!number && read(ends[0], &byte, 1) < 0)
			die("read");
	}
}

static void say(void)
{
	sleep_ns(1800000000);
	tell("ready pid=%d", (int)getppid());
	sleep_on();
}

int main(void)
{
	if (pipe(ends))
		die("pipe");
	start_child("says", say);
	omp_set_num_threads(4);
#pragma omp parallel
	{
		if (omp_get_thread_num())
			sleep_ns(200000000);
		add(omp_get_thread_num());
	}
	return sum;
}
