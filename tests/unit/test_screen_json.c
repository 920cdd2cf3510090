// SPDX-License-Identifier: GPL-2.0-or-later
/*
 * The screen's tables against the JSON of the same report: each cell of each row has what the document has,
 * in the unit of its column. A column that is not in the list below fails.
 */
#include <inttypes.h>
#include <jansson.h>

#include "screen/ui_private.h"
#include "screens.h"
#include "views/text/text_units.h"

enum unit {
	WORDS,   /* has the member's text in it; no member: words that the document has not */
	OWN_PID, /* empty where one process is watched */
	NUMBER,
	COUNT, /* empty for 0 */
	RATE,
	BYTE_RATE,
	BYTES, /* empty for 0 or null */
	DURATION,
	LATENCY, /* empty where `of` counts nothing */
	SHARE,   /* of the interval; empty for 0 */
	AGE,     /* of a wait: the duration is in it */
};

struct meaning {
	const char *heading, *member;
	enum unit unit;
	const char *of;
};

static const struct meaning PROCESSES[] = {{"PID", "pid", NUMBER, NULL},
					   {"COMMAND", "comm", WORDS, NULL},
					   {"THREADS", "threads", NUMBER, NULL},
					   {"CHANGE", NULL, WORDS, NULL},
					   {"RUNNING", "running", NUMBER, NULL},
					   {"BLOCKED", "blocked", NUMBER, NULL},
					   {"CPU", NULL, WORDS, NULL},
					   {"WRITES", "writes.count", RATE, NULL},
					   {"WRITE p99", "writes.p99_ns", LATENCY, "writes.count"},
					   {"FSYNC p99", "fsyncs.p99_ns", LATENCY, "fsyncs.count"},
					   {"LOCK p99", "lock_waits.p99_ns", LATENCY, "lock_waits.count"},
					   {"", NULL, WORDS, NULL}};
static const struct meaning THREADS[] = {
	{"PID", NULL, OWN_PID, NULL}, {"THREAD", "name", WORDS, NULL}, {"FOR", "wait.duration_ns", AGE, NULL},
	{"CPU", NULL, WORDS, NULL},   {"SWITCHES", NULL, WORDS, NULL}, {"WAITS FOR", NULL, WORDS, NULL},
	{"IN", NULL, WORDS, NULL}};
static const struct meaning LOCKS[] = {
	{"PID", NULL, OWN_PID, NULL},        {"WAITERS", "waiters", NUMBER, NULL},
	{"WAITS", "waits", COUNT, NULL},     {"WAITED", "wait_ns", DURATION, NULL},
	{"p50", "p50_ns", LATENCY, "waits"}, {"p99", "p99_ns", LATENCY, "waits"},
	{"MAX", "max_ns", LATENCY, "waits"}, {"LOCK", "symbol", WORDS, NULL}};
static const struct meaning LOGS[] = {{"PID", NULL, OWN_PID, NULL},
				      {"WRITES", "writes", RATE, NULL},
				      {"BYTES", "bytes", BYTE_RATE, NULL},
				      {"p50", "p50_ns", LATENCY, "writes"},
				      {"p99", "p99_ns", LATENCY, "writes"},
				      {"MAX", "max_ns", LATENCY, "writes"},
				      {"FSYNCS", "fsyncs", RATE, NULL},
				      {"FSYNC p99", "fsync_p99_ns", LATENCY, "fsyncs"},
				      {"FSYNC MAX", "fsync_max_ns", LATENCY, "fsyncs"},
				      {"IN FLIGHT", NULL, WORDS, NULL},
				      {"ERRORS", "errors", COUNT, NULL},
				      {"SHORT", "short_writes", COUNT, NULL},
				      {"WRITERS", "writers", NUMBER, NULL},
				      {"UNSYNCED", "unsynced_bytes", BYTES, NULL},
				      {"FILE", "path", WORDS, NULL}};
static const struct meaning CREATORS[] = {
	{"PID", NULL, OWN_PID, NULL},         {"ALIVE", "alive", NUMBER, NULL},
	{"CREATED", "created", NUMBER, NULL}, {"EXITED", "exited", NUMBER, NULL},
	{"GROWTH", NULL, WORDS, NULL},        {"THREADS CREATED BY", NULL, WORDS, NULL}};

#define LIST(list) list, sizeof(list) / sizeof(*(list))
static const struct {
	enum view_id view;
	const char *document; /* the list that its rows are of */
	const struct meaning *meanings;
	size_t count;
} TABLES[] = {{VIEW_PROCESSES, "processes", LIST(PROCESSES)},
	      {VIEW_THREADS, "threads", LIST(THREADS)},
	      {VIEW_LOCKS, "locks", LIST(LOCKS)},
	      {VIEW_LOGS, "files", LIST(LOGS)},
	      {VIEW_CREATORS, "creators", LIST(CREATORS)}};

/* ---- the document --------------------------------------------------------------- */

static json_t *document_of(const struct interval_report *r)
{
	struct view_options o = {0};
	char *text = NULL;
	size_t length = 0;
	json_t *document;

	o.out = open_memstream(&text, &length);
	view_json.interval(&o, r);
	fclose(o.out);
	document = json_loads(text, 0, NULL);
	CHECK(document != NULL);
	free(text);
	return document;
}

/* "writes.count"; NULL: it is not there. */
static const json_t *member_of(const json_t *object, const char *path)
{
	char part[64];
	const char *dot = strchr(path, '.');

	snprintf(part, sizeof(part), "%.*s", dot ? (int)(dot - path) : (int)strlen(path), path);
	object = json_object_get(object, part);
	return dot && object ? member_of(object, dot + 1) : object;
}

static uint64_t number_of(const json_t *object, const char *path)
{
	return (uint64_t)json_integer_value(member_of(object, path));
}

/* ---- cells ------------------------------------------------------------------------- */

/* What the cell must be, by the document. */
static const char *expected(const struct meaning *m, const json_t *object, uint64_t interval_ns,
			    char dst[DURATION_TEXT])
{
	uint64_t value = m->member ? number_of(object, m->member) : 0;

	*dst = '\0';
	switch (m->unit) {
	case NUMBER:
		snprintf(dst, DURATION_TEXT, "%" PRIu64, value);
		return dst;
	case COUNT:
		return text_count(dst, value);
	case RATE:
		return text_rate(dst, value, interval_ns);
	case BYTE_RATE:
		return text_byte_rate(dst, value, interval_ns);
	case BYTES:
		return value ? bytes_format(dst, DURATION_TEXT, value) : dst;
	case DURATION:
	case AGE:
		return duration_format(dst, DURATION_TEXT, value);
	case LATENCY:
		return number_of(object, m->of) ? duration_format(dst, DURATION_TEXT, value) : dst;
	default:
		return dst;
	}
}

static bool agrees(const struct meaning *m, const char *cell, const json_t *object, uint64_t interval_ns)
{
	const char *text = m->member ? json_string_value(member_of(object, m->member)) : NULL;
	char want[DURATION_TEXT];

	if (m->unit == WORDS)
		return !text || strstr(cell, text);
	if (m->unit == AGE)
		return !json_is_object(json_object_get(object, "wait"))
			       ? !*cell
			       : strstr(cell, expected(m, object, interval_ns, want)) != NULL;
	return !strcmp(cell, expected(m, object, interval_ns, want));
}

static const struct meaning *find(const struct meaning *list, size_t count, const char *heading)
{
	for (size_t i = 0; i < count; i++)
		if (!strcmp(list[i].heading, heading))
			return &list[i];
	return NULL;
}

/* The index in the document's list of what the row shows. */
static size_t index_of(const struct scene *s, enum view_id view, const struct grid_row *row)
{
	return view == VIEW_LOGS ? s->r->file_groups[row->index].first : row->index;
}

static void check_row(const struct grid *g, size_t table, const struct grid_row *row, const json_t *object,
		      uint64_t interval_ns)
{
	struct table t = {.columns = g->column_count};

	g->source.cells(g->source.arg, row, &t);
	CHECK_EQ(t.count, g->column_count);
	for (size_t k = 0; k < g->column_count && k < t.count; k++) {
		const char *heading = g->columns[k].heading, *cell = t.cells[k] ? t.cells[k] : "";
		const struct meaning *m = find(TABLES[table].meanings, TABLES[table].count, heading);
		bool right = m && agrees(m, cell, object, interval_ns);

		if (!right)
			printf("# %s: '%s' is '%s'\n", TABLES[table].document, heading, cell);
		CHECK(right);
	}
	table__free(&t);
}

/* Rows that stand for one thing: a lock's waiters and a group of threads have rows of their own. */
static bool is_one(const struct grid *g, const struct grid_row *row)
{
	return !row->still && !row->depth &&
	       (row->fold == FOLD_NONE || g->columns == columns__of(COLUMNS_OF_LOCKS, &(size_t){0}));
}

static size_t check_table(struct shown *s, size_t table, const json_t *document)
{
	const struct scene *scene = &s->ui->scene;
	const json_t *list = json_object_get(document, TABLES[table].document);
	struct grid *g = &s->ui->grids[TABLES[table].view];
	size_t checked = 0;

	ui__open_view(s->ui, TABLES[table].view);
	if (s->ui->view != TABLES[table].view)
		return 0;
	for (size_t i = 0; i < g->count; i++) {
		const struct grid_row *row = &g->rows[i];

		if (!is_one(g, row))
			continue;
		check_row(g, table, row, json_array_get(list, index_of(scene, TABLES[table].view, row)),
			  scene->r->interval_ns);
		checked++;
	}
	return checked;
}

static size_t check_run(const char *path)
{
	struct shown s;
	size_t checked = 0;

	open_run(&s, path, 40, 200);
	for (size_t table = 0; table < sizeof(TABLES) / sizeof(*TABLES); table++) {
		json_t *document = document_of(s.ui->scene.r);

		checked += check_table(&s, table, document);
		json_decref(document);
	}
	close_run(&s);
	return checked;
}

TEST(the_demo)
{
	CHECK(check_run("tests/samples/demo.facts") >= 4); /* a thread or two, a lock, a file, a creator */
}

TEST(a_deadlock)
{
	CHECK(check_run("tests/samples/deadlock-top.facts") >= 5); /* three threads, two locks */
}

TEST(a_go_program)
{
	CHECK(check_run("tests/samples/go-top.facts") >= 3);
}

TEST_MAIN
