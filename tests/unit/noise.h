/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Numbers without a pattern, the same in each run. */
#ifndef TS_TESTS_NOISE_H
#define TS_TESTS_NOISE_H

#include <stdint.h>

/* As SplitMix64 mixes its state. */
static inline uint64_t noise(uint64_t x)
{
	x = (x ^ x >> 30) * 0xbf58476d1ce4e5b9;
	x = (x ^ x >> 27) * 0x94d049bb133111eb;
	return x ^ x >> 31;
}

#endif
