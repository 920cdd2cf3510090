/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Any bytes as the file of settings; what they make of the settings can be written, and read again the same.
 */
#include <errno.h>
#include <stdio.h>

#include "cli/screen_settings.h"
#include "cli/starter.h"
#include "tests/fuzz/fuzz.h"

/* The process that would write them is not here, and nothing is written. */
int starter__settings(struct starter *s, int text)
{
	(void)s;
	(void)text;
	return -ENOSYS;
}

static char *written(const struct ui *ui)
{
	char *text = NULL;
	size_t size = 0;
	FILE *out = open_memstream(&text, &size);

	if (!out)
		abort();
	ui__settings(ui, out);
	fclose(out);
	return text;
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	struct ui_options o = {.interval_ns = 1000000000};
	struct ui *ui = ui__new(&o, NULL), *other = ui__new(&o, NULL);
	char *text = fuzz__text(data, size), *once, *again, *copy;
	unsigned first;

	screen_settings__take(ui, text, &first);
	once = written(ui);
	copy = fuzz__text(once, strlen(once));
	if (screen_settings__take(other, copy, &first))
		abort();
	again = written(other);
	if (strcmp(once, again))
		abort();
	free(text);
	free(once);
	free(again);
	free(copy);
	ui__free(ui);
	ui__free(other);
	return 0;
}
