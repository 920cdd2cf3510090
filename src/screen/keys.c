// SPDX-License-Identifier: GPL-2.0-or-later
#include "screen/keys.h"

#include <ctype.h>
#include <errno.h>
#include <stdlib.h>
#include <string.h>

#include "util/escape.h"

const struct key_help KEY_HELP[ACTIONS] = {
	[ACTION_NONE] = {"", "", "", ""},
#define KEY(action, keys, word, what, ...) [ACTION_##action] = {#action, keys, word, what},
#include "screen/keys.def"
};

static const struct keymap USUAL = {{
#define KEY(action, keys, word, what, ...) [ACTION_##action] = {__VA_ARGS__},
#include "screen/keys.def"
}};

void keymap__init(struct keymap *m)
{
	*m = USUAL;
}

enum action keymap__action(const struct keymap *m, int code)
{
	for (int action = 1; code && action < ACTIONS; action++)
		for (int i = 0; i < KEY_CODES; i++)
			if (m->codes[action][i] == code)
				return (enum action)action;
	return ACTION_NONE;
}

/* ---- names of keys, for settings ------------------------------------------------- */

static const struct {
	const char *name;
	int code;
} NAMES[] = {{"Space", ' '},
	     {"Enter", '\n'},
	     {"Tab", '\t'},
	     {"Escape", CODE_ESCAPE},
	     {"Backspace", CODE_BACKSPACE},
	     {"Up", CODE_UP},
	     {"Down", CODE_DOWN},
	     {"Left", CODE_LEFT},
	     {"Right", CODE_RIGHT},
	     {"PgUp", CODE_PAGE_UP},
	     {"PgDn", CODE_PAGE_DOWN},
	     {"Home", CODE_HOME},
	     {"End", CODE_END}};

/* 0: not a name of a key. */
static int code_of(const char *name)
{
	unsigned code = 0;
	size_t length = utf8_length(name, &code);
	long n;

	if (length && !name[length] && code > ' ')
		return (int)code;
	if (!strncmp(name, "Ctrl-", 5) && isalpha((unsigned char)name[5]) && !name[6])
		return CODE_CONTROL(name[5]);
	n = *name == 'F' && isdigit((unsigned char)name[1]) ? strtol(name + 1, NULL, 10) : 0;
	if (n >= 1 && n <= 12)
		return CODE_F((int)n);
	for (size_t i = 0; i < sizeof(NAMES) / sizeof(*NAMES); i++)
		if (!strcmp(NAMES[i].name, name))
			return NAMES[i].code;
	return 0;
}

static void name_of(int code, char dst[16])
{
	for (size_t i = 0; i < sizeof(NAMES) / sizeof(*NAMES); i++)
		if (NAMES[i].code == code) {
			snprintf(dst, 16, "%s", NAMES[i].name);
			return;
		}
	if (code > CODE_F0 && code <= CODE_F12)
		snprintf(dst, 16, "F%d", code - CODE_F0);
	else if (code < ' ')
		snprintf(dst, 16, "Ctrl-%c", code + 'a' - 1);
	else
		snprintf(dst, 16, "%c", code < 0x80 ? code : '?');
}

const char *action__name(enum action action, char dst[ACTION_NAME])
{
	size_t i = 0;

	for (const char *c = KEY_HELP[action].action; *c && i + 1 < ACTION_NAME; c++)
		dst[i++] = (char)(*c == '_' ? '-' : tolower((unsigned char)*c));
	dst[i] = '\0';
	return dst;
}

int keymap__set(struct keymap *m, const char *name, const char *key)
{
	int code = code_of(key);
	char known[ACTION_NAME];

	if (!code)
		return -EINVAL;
	for (int action = 1; action < ACTIONS; action++) {
		if (strcmp(action__name((enum action)action, known), name))
			continue;
		/* A key does one thing. */
		for (int other = 1; other < ACTIONS; other++)
			for (int i = 0; i < KEY_CODES; i++)
				if (m->codes[other][i] == code)
					m->codes[other][i] = 0;
		memset(m->codes[action], 0, sizeof(m->codes[action]));
		m->codes[action][0] = code;
		return 0;
	}
	return -ENOENT;
}

void keymap__write(const struct keymap *m, FILE *out)
{
	for (int action = 1; action < ACTIONS; action++) {
		char name[ACTION_NAME], key[16];

		if (m->codes[action][0] == USUAL.codes[action][0] || !m->codes[action][0])
			continue;
		name_of(m->codes[action][0], key);
		fprintf(out, "key.%s = %s\n", action__name((enum action)action, name), key);
	}
}
