/* SPDX-License-Identifier: GPL-2.0-or-later */
/* A recording of a Python program: "PYREC1\n\0", where its _PyRuntime is and the minor version, 8 bytes each,
 * then the memory (tests/recorded.h). */
#ifndef TS_FUZZ_PYTHON_RECORD_H
#define TS_FUZZ_PYTHON_RECORD_H

#include "python/runtime/reader.h"

#define PYTHON_RECORD_MAGIC "PYREC1\n"

/* Reads all that is ever read of a program. */
static inline void python_record__read_all(struct python *py)
{
	static struct python_place places[PYTHON_FRAMES];
	struct python_look look;
	struct arena a = {0};
	struct python_names *names = python_names__new(py, &a);
	bool whole;

	/* The second look begins with what the first one found. */
	if (!python__look(py, &a, &look) && !python__look(py, &a, &look)) {
		if (look.gil_count > PYTHON_GILS)
			__builtin_trap();
		python__look_at_gils(py, &look);
		for (size_t i = 0; i < look.count && i < 16; i++) {
			size_t n = python__frames(py, look.threads[i].frame, places, PYTHON_FRAMES, &whole);

			if (n > PYTHON_FRAMES)
				__builtin_trap();
			for (size_t k = 0; k < n && k < 64; k++) {
				struct python_lock lock = {.object = places[k].code};
				struct frame f = {0};

				python__lock_at(py, places[k].frame, places[k].code, &lock);
				python__within(py, &places[k], &lock);
				if (python_names__place(names, &places[k], &f) && (!f.function || f.line < 0))
					__builtin_trap();
			}
		}
	}
	python_names__free(names);
	arena__free(&a);
	free(py->states);
	py->states = NULL;
	py->state_count = 0;
}

#endif
