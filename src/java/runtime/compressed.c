// SPDX-License-Identifier: GPL-2.0-or-later
#include "java/runtime/java_vm_private.h"

#define HIGH_BITS 6 /* the share of a byte that says that another one follows: 64 of its values */
#define LONGEST   5

uint8_t java_stream__byte(struct java_stream *s)
{
	uint8_t b = 0;

	if (s->at >= s->end || !vm_memory__read(&s->vm->memory, s->at, &b, 1))
		s->failed = true;
	s->at++;
	return b;
}

uint32_t java_stream__number(struct java_stream *s)
{
	uint32_t left_out = s->vm->major >= 20 ? 1 : 0; /* values that no byte has: 0 */
	uint32_t low = 256 - left_out - (1 << HIGH_BITS), sum = 0;

	for (unsigned i = 0; i < LONGEST && !s->failed; i++) {
		uint32_t b = java_stream__byte(s);

		if (b < left_out)
			s->failed = true;
		b -= left_out;
		sum += b << (i * HIGH_BITS);
		if (b < low)
			break;
	}
	return s->failed ? 0 : sum;
}

int32_t java_stream__signed(struct java_stream *s)
{
	uint32_t n = java_stream__number(s);

	return (int32_t)(n >> 1) ^ -(int32_t)(n & 1);
}
