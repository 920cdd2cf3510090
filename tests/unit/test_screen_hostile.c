// SPDX-License-Identifier: GPL-2.0-or-later
/*
 * Saved runs in which each text is hostile: escapes, 1 MB, marks that reorder, combining and wide characters,
 * invalid UTF-8. Each view and each detail is drawn, and no cell has what would move a cursor.
 */
#include <unistd.h>

#include "facts/fields.h"
#include "facts/saved/saved.h"
#include "screens.h"
#include "util/escape.h"

#define LONG (1u << 20)

/* ---- a hostile file ---------------------------------------------------------------------- */

static const char *const NASTY[] = {
	"\033[2J\033[1;1H\r\n\b\tforged ",                     /* escapes and controls */
	"\xe2\x80\xae\xe2\x81\xa6rtl\xe2\x80\x8b\xef\xbb\xbf", /* right to left, isolates, no width */
	"e\xcc\x81\xcc\x82\xcc\x83\xcc\x84\xcc\x85\xcc\x86\xcc\x87\xcc\x88\xcc\x8a\xcc\x8b\xcc\x8c\xcc\x8d",
	"\xe4\xb8\xad\xe6\x96\x87\xf0\x9f\x98\x80\xef\xbd\x81", /* two columns each */
	"\xff\xc0\xaf\xed\xa0\x80\xf4\x90\x80\x80\x80",         /* no UTF-8 */
	"\xc2\x9b"
	"31m\x7f\xe2\x80\xa8\xc2\x85 \\x1b \"';<b>", /* C1, line separators, what looks escaped */
	"",
};
#define NASTIES (sizeof(NASTY) / sizeof(*NASTY))

static unsigned hash(const char *text)
{
	unsigned h = 5381;

	while (*text)
		h = h * 33 + (unsigned char)*text++;
	return h;
}

/* Frames are shared between stacks: they are met again. */
static bool is_hostile(const char *text)
{
	for (size_t i = 0; i < NASTIES; i++)
		if (*NASTY[i] && !strncmp(text, NASTY[i], strlen(NASTY[i])))
			return true;
	return strnlen(text, LONG) == LONG;
}

/* Different texts stay different, equal ones equal. */
static const char *hostile(struct arena *a, const char *text)
{
	unsigned h = hash(text);
	char *big;

	if (is_hostile(text))
		return text;
	if (h % 16 == 5) {
		big = arena__alloc(a, LONG + 1);
		memset(big, 'L', LONG);
		memcpy(big, NASTY[h % NASTIES], strlen(NASTY[h % NASTIES]));
		big[LONG] = '\0';
		return big;
	}
	return arena__format(a, "%s%s", NASTY[h % NASTIES], text);
}

static void spoil(struct arena *a, const struct field_table *t, char *at);

static void spoil_text(struct arena *a, char *at)
{
	const char *text;

	memcpy(&text, at, sizeof(text));
	text = text ? hostile(a, text) : NULL;
	memcpy(at, &text, sizeof(text));
}

static void spoil_chars(struct arena *a, char *at, size_t size)
{
	const char *text = hostile(a, at);

	if (*at)
		snprintf(at, size, "%s", text);
}

static void spoil_list(struct arena *a, const struct field *row, char *base)
{
	char *list = base + row->offset;
	size_t count;

	memcpy(&count, base + row->count_offset, sizeof(count));
	if (!row->count)
		memcpy(&list, base + row->offset, sizeof(list));
	for (size_t i = 0; row->table && i < count; i++)
		spoil(a, row->table, list + i * row->size);
}

static void spoil_field(struct arena *a, const struct field *row, char *base)
{
	char *at = base + row->offset, *inner;
	char **texts;

	switch (row->kind) {
	case FIELD_TEXT:
		spoil_text(a, at);
		break;
	case FIELD_CHARS:
		spoil_chars(a, at, row->size);
		break;
	case FIELD_TEXTS:
		memcpy(&texts, at, sizeof(texts));
		for (size_t i = 0; texts && texts[i]; i++)
			spoil_text(a, (char *)&texts[i]);
		break;
	case FIELD_STRUCT:
		spoil(a, row->table, at);
		break;
	case FIELD_OPTIONAL:
		memcpy(&inner, at, sizeof(inner));
		if (inner)
			spoil(a, row->table, inner);
		break;
	case FIELD_LIST:
		spoil_list(a, row, base);
		break;
	default:
		break;
	}
}

static void spoil(struct arena *a, const struct field_table *t, char *at)
{
	for (size_t i = 0; i < t->count; i++)
		spoil_field(a, &t->fields[i], at);
}

#define SAMPLES 3 /* the base line and two intervals */

static FILE *hostile_run(const char *path, bool every_process)
{
	FILE *in = fopen(path, "r"), *out = tmpfile(), *again;
	struct saved_reader *r = NULL;
	struct saved_writer *w = NULL;
	struct saved_head head;
	struct sample *s;

	CHECK(in && out);
	again = fdopen(dup(fileno(out)), "r");
	CHECK_EQ(saved_reader__open(in, &head, &r), 0);
	head.every_process = every_process;
	CHECK_EQ(saved_writer__new(out, &head, &w), 0);
	for (size_t i = 0; i < SAMPLES && !saved_reader__sample(r, &s); i++) {
		spoil(&s->arena, &facts_tables[FACTS_sample], (char *)s);
		CHECK_EQ(saved_writer__sample(w, s), 0);
		sample__free(s);
	}
	saved_writer__close(w);
	saved_reader__close(r);
	fclose(in);
	rewind(again);
	return again;
}

/* ---- what is drawn --------------------------------------------------------------------- */

/* Of a cell: what a terminal gets. */
static bool is_harmless(const char *text)
{
	while (*text) {
		unsigned code;
		size_t length = utf8_length(text, &code);

		if (!length || code < ' ' || utf8_is_unsafe(code))
			return false;
		text += length;
	}
	return true;
}

static void check_harmless(struct shown *s)
{
	size_t bad = 0;

	ui__draw(s->ui, &s->canvas);
	for (size_t i = 0; i < (size_t)s->canvas.rows * s->canvas.columns; i++)
		bad += !is_harmless(s->canvas.cells[i].text);
	CHECK_EQ(bad, 0);
}

static void check_both(struct shown *s, const char *name, bool golden)
{
	check_harmless(s);
	if (golden)
		check_screen(s, name);
}

static const unsigned ROOM[][2] = {{24, 80}, {8, 40}};

static void check_run(const char *path, const char *name, unsigned views, bool every_process)
{
	for (size_t i = 0; i < sizeof(ROOM) / sizeof(*ROOM); i++) {
		char screen[64], number[2] = "1";
		struct shown s;

		open_file(&s, hostile_run(path, every_process), ROOM[i][0], ROOM[i][1]);
		if (every_process) {
			ui__set_feed(s.ui, s.feed, true);
			ui__take(s.ui);
		}
		type(&s, "]"); /* on */
		wait_for(&s, SAMPLES - 1);
		for (unsigned view = 1; view <= views; view++) {
			number[0] = (char)('0' + view);
			type(&s, number);
			snprintf(screen, sizeof(screen), "hostile-%s-%u", name, view);
			check_both(&s, screen, !i);
			type(&s, ">>>"); /* long cells scrolled */
			check_both(&s, screen, false);
			type(&s, "<<<\n");
			snprintf(screen, sizeof(screen), "hostile-%s-%u-detail", name, view);
			check_both(&s, screen, !i);
			press(&s, CODE_END);
			check_both(&s, screen, false);
			press(&s, CODE_ESCAPE);
		}
		close_run(&s);
	}
}

TEST(threads_locks_logs_creators)
{
	check_run("tests/samples/demo.facts", "demo", 6, false);
}

TEST(a_deadlock)
{
	check_run("tests/samples/deadlock-top.facts", "deadlock", 3, false);
}

TEST(goroutines)
{
	check_run("tests/samples/go-top.facts", "go", 7, false);
}

TEST(every_process)
{
	check_run("tests/samples/demo.facts", "processes", 2, true);
}

TEST_MAIN
