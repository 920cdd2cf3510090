// SPDX-License-Identifier: GPL-2.0-or-later
#include "screen/keys.h"

#define MOST_CODES 9

const struct key_help KEY_HELP[ACTIONS] = {
	[ACTION_NONE] = {"", "", ""},
#define KEY(action, keys, word, what, ...) [ACTION_##action] = {keys, word, what},
#include "screen/keys.def"
};

static const int CODES[ACTIONS][MOST_CODES] = {
#define KEY(action, keys, word, what, ...) [ACTION_##action] = {__VA_ARGS__},
#include "screen/keys.def"
};

enum action key__action(int code)
{
	for (int action = 1; code && action < ACTIONS; action++)
		for (int i = 0; i < MOST_CODES; i++)
			if (CODES[action][i] == code)
				return (enum action)action;
	return ACTION_NONE;
}
