// SPDX-License-Identifier: GPL-2.0-or-later
/* Lines that are typed, and the list of columns. */
#include <errno.h>
#include <stdio.h>
#include <string.h>

#include "screen/ui_private.h"
#include "util/duration.h"
#include "util/escape.h"

void ui__prompt(struct ui *ui, enum prompt prompt, const char *text)
{
	ui->mode = MODE_PROMPT;
	ui->prompt = prompt;
	snprintf(ui->text, sizeof(ui->text), "%s", text);
}

const char *ui__prompt_question(const struct ui *ui)
{
	switch (ui->prompt) {
	case PROMPT_FILTER:
		return "show rows with: ";
	case PROMPT_INTERVAL:
		return ui->o.replay ? "one interval every (1s, 100ms): " : "interval (1s, 500ms): ";
	case PROMPT_WRITE:
		return "write the last intervals to: ";
	case PROMPT_JUMP:
		return "go to time (03:10:18): ";
	}
	return "";
}

/* ---- what becomes of it --------------------------------------------------------- */

static void take_filter(struct ui *ui)
{
	struct grid *g = &ui->grids[ui->view];

	snprintf(g->filter, sizeof(g->filter), "%.*s", (int)sizeof(g->filter) - 1, ui->text);
	ui__fill(ui, ui->view);
}

/* Less would cost more than it shows. */
#define SHORTEST_NS 10000000ull

static void take_interval(struct ui *ui)
{
	uint64_t ns;

	if (duration_parse(ui->text, &ns) || ns < SHORTEST_NS) {
		ui__say(ui, "invalid interval: expected a duration of at least 10ms, such as 500ms");
		return;
	}
	ui__set_interval(ui, ns);
}

static void take_path(struct ui *ui)
{
	int err;

	if (!*ui->text)
		return;
	err = ui->host.write && ui->feed ? ui->host.write(ui->host.arg, ui->text) : -ENOTSUP;
	if (err == -EBUSY)
		ui__say(ui, "cannot write '%s': another file is still being written", ui->text);
	else if (err == -ENODATA)
		ui__say(ui, "cannot write '%s': no interval has been measured so far", ui->text);
	else if (err)
		ui__say(ui, "cannot write '%s': %s", ui->text, strerror(-err));
	else
		ui__say(ui, "writing %s", ui->text);
}

static void finish(struct ui *ui)
{
	ui->mode = MODE_NORMAL;
	*ui->message = '\0';
	if (ui->prompt == PROMPT_FILTER)
		take_filter(ui);
	else if (ui->prompt == PROMPT_INTERVAL)
		take_interval(ui);
	else if (ui->prompt == PROMPT_WRITE)
		take_path(ui);
	else
		ui__jump(ui, ui->text);
}

static void cancel(struct ui *ui)
{
	ui->mode = MODE_NORMAL;
	*ui->message = '\0';
	if (ui->prompt != PROMPT_FILTER)
		return;
	*ui->text = '\0';
	take_filter(ui);
}

static void rub_out(char *text)
{
	size_t length = strlen(text);

	while (length && ((unsigned char)text[length - 1] & 0xc0) == 0x80)
		length--;
	text[length ? length - 1 : 0] = '\0';
}

/* As UTF-8. */
static void type(char text[PROMPT_BYTES], unsigned code)
{
	size_t length = strlen(text);
	char bytes[5] = "";

	utf8_put(bytes, code);
	if (utf8_is_unsafe(code) || !utf8_length(bytes, NULL) || length + strlen(bytes) >= PROMPT_BYTES)
		return;
	memcpy(text + length, bytes, strlen(bytes) + 1);
}

void ui__prompt_key(struct ui *ui, const struct key *key)
{
	switch (key->code) {
	case '\n':
	case '\r':
		finish(ui);
		return;
	case CODE_ESCAPE:
	case CODE_CONTROL('c'):
		cancel(ui);
		return;
	case CODE_CONTROL('u'):
		*ui->text = '\0';
		break;
	case CODE_BACKSPACE:
	case CODE_DELETE:
		rub_out(ui->text);
		break;
	default:
		if (key->code < ' ' || key->code >= CODE_UP)
			return;
		type(ui->text, (unsigned)key->code);
	}
	if (ui->prompt == PROMPT_FILTER)
		take_filter(ui);
}

/* ---- the list of columns ------------------------------------------------------------ */

void ui__columns_key(struct ui *ui, const struct key *key)
{
	struct grid *g = &ui->grids[ui->view];

	switch (key->code) {
	case CODE_UP:
	case 'k':
		ui->column -= ui->column > 0;
		return;
	case CODE_DOWN:
	case 'j':
		ui->column += ui->column + 1 < g->column_count;
		return;
	case ' ':
		g->hidden ^= 1u << ui->column;
		return;
	case '0':
		g->sort = -1;
		g->reverse = false;
		break;
	case '\n':
	case '\r':
		g->reverse = g->sort == (int)ui->column ? !g->reverse : false;
		g->sort = (int)ui->column;
		break;
	case CODE_ESCAPE:
	case 'q':
	case 's':
	case CODE_CONTROL('c'):
		break;
	default:
		return;
	}
	ui->mode = MODE_NORMAL;
	ui__fill(ui, ui->view);
}
