/* SPDX-License-Identifier: GPL-2.0-or-later */
#ifndef TS_SCREEN_UI_PRIVATE_H
#define TS_SCREEN_UI_PRIVATE_H

#include "screen/scene.h"
#include "screen/timeline.h"
#include "screen/ui.h"

#define PROMPT_BYTES 256
#define DEPTH        16 /* of going into things */

enum mode { MODE_NORMAL, MODE_PROMPT, MODE_COLUMNS };
enum prompt { PROMPT_FILTER, PROMPT_INTERVAL, PROMPT_WRITE, PROMPT_JUMP };

/* Where a person came from. */
struct trail {
	enum view_id view;
	bool detail;
	uint64_t detail_id;
	size_t top;
};

/* What is looked for further on in a file. none: what to say if it is not there; NULL: nothing is looked for.
 */
struct seek {
	const char *none;
	bool finding; /* a new one; otherwise a time */
	int clock;    /* seconds of the day */
	uint64_t from;
};

struct ui {
	struct ui_options o;
	struct ui_host host;
	struct feed *feed;
	struct scene scene;
	struct thread_groups groups;
	uint64_t groups_number;              /* of the moment that they are of */
	struct found_list found, found_then; /* now; of the moment that is shown while paused */
	struct trend trend, trend_then;
	struct timeline timeline;
	struct stack_tree tree;
	struct event_log events;
	pid_t events_pid; /* whose are asked for; 0: nobody's */
	bool events_new;  /* since the rows were made */
	struct output_log output;
	bool output_new;
	uint64_t last_number; /* of the last moment that was taken */

	enum view_id view;
	struct grid grids[VIEWS];
	bool detail, help, difference;
	uint64_t detail_id;
	bool detail_gone;
	struct page page, preview;
	struct trail trail[DEPTH];
	size_t depth;

	bool paused;
	uint64_t paused_number;
	struct seek seek;
	const struct interval_report *mark; /* held */
	uint64_t mark_ns;
	pid_t attached;    /* gone into from the list of processes; 0: not */
	uint64_t asked_ns; /* time of the moment at which a snapshot was last asked for */

	struct keymap keys;
	enum mode mode;
	enum prompt prompt;
	char text[PROMPT_BYTES]; /* being typed */
	char message[PROMPT_BYTES + 256];
	size_t column; /* in the list of columns */
	bool over;
	unsigned awaited; /* number of a view to open with the first report; 0: none */

	struct {
		unsigned from, columns;
	} tabs[VIEWS]; /* for the mouse */
	unsigned content_row, content_rows;
	unsigned header_room; /* columns for what may be left out of the header, as last drawn */
	uint32_t header_left_out;
};

/* ui.c */
bool ui__on_page(const struct ui *ui);
void ui__fill(struct ui *ui, enum view_id view);
void ui__say(struct ui *ui, const char *format, ...) __attribute__((format(printf, 2, 3)));
void ui__look_at(struct ui *ui, uint64_t number);
void ui__refresh(struct ui *ui);
/* ui_go.c */
void ui__go(struct ui *ui, struct place to);
void ui__back(struct ui *ui);
void ui__open_view(struct ui *ui, enum view_id view);
/* Of the views that are there, counted from 1. Some come with the first report: before it, it opens then. */
void ui__open_number(struct ui *ui, unsigned number);
/* ui_events.c */
/* Starts them when their view is open, and ends them when it is left: their probes cost. */
void ui__want_events(struct ui *ui);
/* Makes rows of those that have come, all at once. */
void ui__show_events(struct ui *ui);
void ui__forget_events(struct ui *ui);
/* ui_output.c: makes rows of what has come, all at once. */
void ui__show_output(struct ui *ui);
/* ui_header.c */
void ui__draw_header(struct ui *ui, struct canvas *c);
/* ui_bottom.c: when all else is drawn. */
void ui__draw_bottom(const struct ui *ui, struct canvas *c);
/* ui_tabs.c */
/* Returns the columns that they take. */
unsigned ui__draw_tabs(struct ui *ui, struct canvas *c, unsigned row);
/* The view whose tab is drawn there; -1: none. */
int ui__tab_at(const struct ui *ui, unsigned column);
/* ui_time.c */
/* The index of the newest moment in which a process that is watched ran; without one, of the newest. There is
 * at least one moment. */
size_t ui__last_state(const struct ui *ui);
/* The report is of the end of all that is watched, or of nothing after it. */
bool ui__is_end(const struct ui *ui, const struct interval_report *r);
void ui__pause(struct ui *ui);
void ui__step(struct ui *ui, long n);
void ui__next_finding(struct ui *ui, bool backwards);
void ui__jump(struct ui *ui, const char *clock);
/* Seconds of the local day. */
int clock__of(uint64_t time_ns);
/* ui_seek.c */
void ui__seek(struct ui *ui, const struct seek *seek);
void ui__seek_on(struct ui *ui);
/* ui_prompt.c */
void ui__prompt(struct ui *ui, enum prompt prompt, const char *text);
void ui__prompt_key(struct ui *ui, const struct key *key);
const char *ui__prompt_question(const struct ui *ui);
void ui__columns_key(struct ui *ui, const struct key *key);
/* ui_copy.c */
void ui__copy(struct ui *ui);
/* difference.c: what changed since the mark. */
void difference__write(const struct scene *s, struct page *p);
/* help.c */
void help__write(struct page *p);

#endif
