/* SPDX-License-Identifier: GPL-2.0-or-later */
/* The index of a method's instructions by position, from which its lines are found. */
#include "noise.h"
#include "ruby/runtime/reader.h"
#include "test.h"

#define POSITIONS 2000

/* As succ_index_table_create of iseq.c makes it. */
static void make_table(const bool *begins, uint8_t *table)
{
	uint32_t rank = 0, position = 0;

	memset(table, 0, TABLE_BLOCKS + 8 * BLOCK_BYTES);
	for (; position < TABLE_NUMBERS; position++) {
		uint64_t word = raw_u64(table, (int32_t)(position / 9 * 8));

		rank += begins[position];
		word |= (uint64_t)rank << position % 9 * 7;
		memcpy(table + position / 9 * 8, &word, 8);
	}
	for (uint32_t block = 0; position < POSITIONS; block++) {
		uint8_t *at = table + TABLE_BLOCKS + block * BLOCK_BYTES;
		uint64_t sums = 0, bits[8] = {0};
		uint32_t before = rank;

		memcpy(at, &rank, 4);
		for (uint32_t i = 0; i < 512 && position < POSITIONS; i++, position++) {
			if (i && i % 64 == 0)
				sums |= (uint64_t)(rank - before) << (i / 64 - 1) * 9;
			bits[i / 64] |= (uint64_t)begins[position] << i % 64;
			rank += begins[position];
		}
		memcpy(at + 8, &sums, 8);
		memcpy(at + 16, bits, 64);
	}
}

TEST(ranks_of_positions)
{
	static uint8_t table[TABLE_BLOCKS + 8 * BLOCK_BYTES];
	static bool begins[POSITIONS];

	for (uint64_t seed = 1; seed <= 20; seed++) {
		uint32_t rank = 0, wrong = 0;

		for (uint32_t i = 0; i < POSITIONS; i++)
			begins[i] = !i || noise(seed * POSITIONS + i) % seed == 0;
		make_table(begins, table);
		for (uint32_t i = 0; i < POSITIONS; i++) {
			rank += begins[i];
			wrong += ruby_table__rank(table + ruby_table__offset(i), i) != rank;
		}
		CHECK_EQ(wrong, 0);
	}
}

TEST_MAIN
