/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Any bytes as code without call frame information, from which unwind rules are made. */
#include "tests/fuzz/fuzz.h"
#include "unwind/x86/decode.h"
#include "unwind/x86/follow.h"
#include "unwind/x86/forward.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	struct x86_insn insn;
	struct row row = {0};

	/* Each place in up to 1 KiB: more is slow. */
	if (size > 1024)
		return 0;
	for (size_t at = 0; at < size; at++)
		if (x86_decode(data + at, size - at, &insn) && (!insn.length || insn.length > size - at))
			abort();
	for (size_t at = 0; at < size; at += size / 64 + 1) {
		follow__row(data, size, at, &row);
		forward__row(data, size, at, at & 1, &row);
		forward__generated(data, size, at, at & 1, &row);
		forward__uses_frame_pointer(data, size, at);
	}
	return 0;
}
