/* SPDX-License-Identifier: GPL-2.0-or-later */
/* The file with the settings of the full-screen view: $XDG_CONFIG_HOME/threadscope/config. */
#ifndef TS_CLI_SCREEN_SETTINGS_H
#define TS_CLI_SCREEN_SETTINGS_H

#include "cli/starter.h"
#include "screen/ui.h"

/* Reads it if there is one. What is wrong with it goes into message, one sentence; "": nothing. */
void screen_settings__read(struct ui *ui, char *message, size_t size);
/* The same from its text, which is changed. Returns the number of its invalid lines, and the first of them.
 */
unsigned screen_settings__take(struct ui *ui, char *text, unsigned *ret_first);
/* Writes it anew, with its folder where that is missing, by the starter; NULL: by this process. 0 or a
 * negative errno; path is what it wrote. */
int screen_settings__write(const struct ui *ui, struct starter *starter, char *path, size_t size);
/* The same from its text, a file from its beginning, in this process. */
int screen_settings__store(int text);

#endif
