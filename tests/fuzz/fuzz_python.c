/* SPDX-License-Identifier: GPL-2.0-or-later */
/* The recorded memory of a Python program, in which any bytes are changed: threads, frames, locks, names. The
 * first byte says in which. */
#include "tests/fuzz/fuzz.h"
#include "tests/fuzz/python_record.h"
#include "tests/recorded.h"

#define HEAD      24
#define READS_MAX 2000000u

static const char *const FILES[] = {"tests/samples/python/3.8.rec", "tests/samples/python/3.11.rec",
				    "tests/samples/python/3.13.rec", "tests/samples/python/3.10.rec"};
static struct fuzz_file files[4];
static struct recorded memory;

static ssize_t read_recorded(const void *of, uint64_t address, void *buf, size_t len)
{
	(void)of;
	if (memory.reads > READS_MAX)
		abort();
	return recorded__read(&memory, address, buf, len);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	struct fuzz_input in = {data, size};
	size_t which = fuzz__number(&in, 1) & 3;
	const struct fuzz_file *f = fuzz__file(FILES[which], &files[which]);
	struct python py = {.memory = {.read = read_recorded}};
	uint64_t minor;

	memcpy(f->changed, f->bytes, f->size);
	memcpy(&py.runtime, f->bytes + 8, 8);
	memcpy(&minor, f->bytes + 16, 8);
	fuzz__change(f->changed + HEAD, f->size - HEAD, &in);
	recorded__parse(f->changed + HEAD, f->size - HEAD, &memory);
	if (!python_layout__choose(&py.layout, (unsigned)minor))
		abort();
	if (minor >= PYTHON_OWN_TABLE && !python_layout__own(&py.layout, &py.memory, py.runtime))
		return 0;
	if (python__fits(&py.layout))
		python_record__read_all(&py);
	return 0;
}
