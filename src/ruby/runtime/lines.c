// SPDX-License-Identifier: GPL-2.0-or-later
/*
 * struct succ_index_table of iseq.c: how many entries begin at or before a position. For the first 54 the
 * number itself, in seven bits, nine in a word; from there on in blocks of 512 a bit per position, with the
 * number before the block, and, in nine bits each, the bits set in it before the second to the eighth word.
 */
#include "ruby/runtime/reader.h"

#define PER_WORD   9
#define PER_BLOCK  512
#define BLOCK_SUMS 8
#define BLOCK_BITS 16

uint64_t ruby_table__offset(uint32_t position)
{
	return position < TABLE_NUMBERS
		       ? position / PER_WORD * 8ull
		       : TABLE_BLOCKS + (position - TABLE_NUMBERS) / PER_BLOCK * (uint64_t)BLOCK_BYTES;
}

uint32_t ruby_table__rank(const uint8_t *raw, uint32_t position)
{
	uint32_t bit = position < TABLE_NUMBERS ? 0 : (position - TABLE_NUMBERS) % PER_BLOCK, word = bit / 64;
	uint64_t bits, before;

	if (position < TABLE_NUMBERS)
		return (uint32_t)(raw_u64(raw, 0) >> position % PER_WORD * 7) & 127;
	bits = raw_u64(raw, BLOCK_BITS + (int32_t)word * 8) << (63 - bit % 64);
	before = word ? raw_u64(raw, BLOCK_SUMS) >> (word - 1) * 9 & 511 : 0;
	return raw_u32(raw, 0) + (uint32_t)before + (uint32_t)__builtin_popcountll(bits);
}
