// SPDX-License-Identifier: GPL-2.0-or-later
#define PYTHON_TABLES
#include "python/runtime/layout.h"

#define COOKIE      "xdebugpy"
#define TABLE_WORDS 73 /* of 3.13 */
#define RUNTIME_MAX (1u << 20)
#define FIELD_MAX   (1u << 16)

bool python_layout__choose(struct python_layout *l, unsigned minor)
{
	for (size_t i = 0; i < PY_VERSIONS; i++) {
		if (python_minor_versions[i] != minor)
			continue;
		l->minor = minor;
		l->free_threaded = false;
		for (size_t k = 0; k < PY_FIELDS; k++)
			l->off[k] = python_offsets[k][i];
		return true;
	}
	return false;
}

/* struct _Py_DebugOffsets of Include/internal/pycore_runtime.h, 3.13: which of its words is which field. */
static const struct {
	uint8_t word, field;
} WORDS[] = {
	{5, PY_runtime_interpreters_head},
	{8, PY_interpreter_next},
	{9, PY_interpreter_threads},
	{14, PY_interpreter_gil},
	{21, PY_thread_next},
	{23, PY_thread_current_frame},
	{24, PY_thread_thread_id},
	{25, PY_thread_native_thread_id},
	{29, PY_frame_previous},
	{30, PY_frame_code},
	{31, PY_frame_instr},
	{32, PY_frame_localsplus},
	{33, PY_frame_owner},
	{34, PY_code_size},
	{35, PY_code_filename},
	{36, PY_code_name},
	{37, PY_code_qualname},
	{38, PY_code_linetable},
	{39, PY_code_firstlineno},
	{43, PY_code_bytes},
	{45, PY_object_type},
	{47, PY_type_name},
	{66, PY_bytes_data},
	{68, PY_ascii_state},
	{70, PY_ascii_size},
};

bool python_layout__own(struct python_layout *l, const struct python_memory *m, uint64_t runtime)
{
	uint64_t words[TABLE_WORDS];

	if (!python_memory__read(m, runtime, words, sizeof(words)) ||
	    memcmp(words, COOKIE, sizeof(words[0])) != 0 || words[1] >> 24 != 3 ||
	    (words[1] >> 16 & 0xff) != l->minor)
		return false;
	for (size_t i = 0; i < sizeof(WORDS) / sizeof(WORDS[0]); i++) {
		uint64_t max = WORDS[i].field == PY_runtime_interpreters_head ? RUNTIME_MAX : FIELD_MAX;

		if (words[WORDS[i].word] >= max)
			return false;
		l->off[WORDS[i].field] = (int32_t)words[WORDS[i].word];
	}
	l->free_threaded = words[2] != 0;
	return true;
}
