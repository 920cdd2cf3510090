/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Keys, and what they do (keys.def). */
#ifndef TS_SCREEN_KEYS_H
#define TS_SCREEN_KEYS_H

#include <stdbool.h>
#include <stddef.h>
#include <stdio.h>

/* Keys that are not characters, above the last code point. */
enum key_code {
	CODE_UP = 0x110000,
	CODE_DOWN,
	CODE_LEFT,
	CODE_RIGHT,
	CODE_PAGE_UP,
	CODE_PAGE_DOWN,
	CODE_HOME,
	CODE_END,
	CODE_ESCAPE,
	CODE_BACKSPACE,
	CODE_DELETE,
	CODE_BACK_TAB,
	CODE_CLICK,        /* with row and column */
	CODE_DOUBLE_CLICK, /* the same */
	CODE_WHEEL_UP,
	CODE_WHEEL_DOWN,
	CODE_F0, /* + n */
	CODE_F12 = CODE_F0 + 12,
};
#define CODE_F(n)          (CODE_F0 + (n))
#define CODE_CONTROL(char) ((char)&0x1f)

struct key {
	int code;             /* a character (Unicode), or enum key_code */
	unsigned row, column; /* of the mouse */
};

enum action {
	ACTION_NONE,
#define KEY(action, ...) ACTION_##action,
#include "screen/keys.def"
	ACTIONS
};

struct key_help {
	const char *action, *keys, *word, *what;
};
extern const struct key_help KEY_HELP[ACTIONS];

/* As settings name it: "next-view" is NEXT_VIEW. */
#define ACTION_NAME 32
const char *action__name(enum action action, char dst[ACTION_NAME]);

/* Which keys do what, with the settings applied. */
#define KEY_CODES 9
struct keymap {
	int codes[ACTIONS][KEY_CODES];
};
void keymap__init(struct keymap *m);
/* ACTION_NONE: the key does nothing. */
enum action keymap__action(const struct keymap *m, int code);
/* Gives an action ("next-view") another key ("Space", "F5", "Ctrl-X", "x"). -ENOENT: no such action; -EINVAL:
 * no such key. */
int keymap__set(struct keymap *m, const char *name, const char *key);
/* Those that are not as usual, a setting each. */
void keymap__write(const struct keymap *m, FILE *out);

#endif
