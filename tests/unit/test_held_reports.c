/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Reports live as long as somebody holds them: their views read everything that they point to. */
#include "samples.h"

#include "views/view.h"

/* Its strings are its own: they go when it goes. */
static struct frame *own_frame(struct sample *s, const char *function)
{
	struct frame *f = ARENA_NEW(&s->arena, struct frame, 1);

	*f = (struct frame){.address = 0x1000,
			    .function = arena__string(&s->arena, function),
			    .file = arena__string(&s->arena, "/src/main.go"),
			    .line = 12};
	return f;
}

static struct call_stack own_stack(struct sample *s, const char *function)
{
	return (struct call_stack){.frames = own_frame(s, function), .count = 1, .end = STACK_COMPLETE};
}

static void read_goroutines(struct sample *s, uint64_t count)
{
	struct go_reading *go = ARENA_NEW(&s->arena, struct go_reading, 1);

	go->groups = ARENA_NEW(&s->arena, struct go_group, 1);
	go->group_count = 1;
	go->groups[0] = (struct go_group){.id = 1,
					  .state = arena__string(&s->arena, "chan receive"),
					  .count = count,
					  .stack = own_stack(s, "main.worker"),
					  .created_by = *own_frame(s, "main.serve")};
	s->live[0].report = go;
}

/* Goroutines are read in the first one only, as in a run of top every few seconds. */
static struct sample *sample_of(uint64_t second)
{
	struct sample *s = sample_at(second);
	struct sample_thread *t;
	struct sample_file *f;
	struct sample_lock *l;

	add_process(s, 10, 3)->comm = arena__string(&s->arena, "service");
	s->live = calloc(1, sizeof(*s->live));
	s->live[s->live_count++] = (struct sample_go){.pid = 10,
						      .version = arena__string(&s->arena, "go1.24.4"),
						      .count = 100 + second,
						      .made = 1000 + second};
	if (second == 1)
		read_goroutines(s, 100);
	t = add_waiter(s, 10, 11, 0x1000, 12);
	t->name = arena__string(&s->arena, "log-writer");
	t->stack = own_stack(s, "main.log");
	add_writer(s, 10, 12, TS_IO_WRITE, 3 * NS_PER_S);
	l = add_lock(s, 10, 0x1000, 0x1000);
	l->symbol = arena__string(&s->arena, "log_mutex");
	l->wait_ns = second * NS_PER_S;
	count_wait(&l->waits, second, 1000, 3);
	f = add_file(s, 10);
	f->path = arena__string(&s->arena, "/srv/demo/app.log");
	f->fs = arena__string(&s->arena, "ext4");
	count_wait(&f->totals.writes, second, 5000, (int)second);
	f->totals.bytes = 100 * second;
	f->totals.errors[TS_IO_ENOSPC] = (uint32_t)second;
	s->creators[s->creator_count++] = (struct sample_creator){
		.pid = 10, .stack_id = 5, .created = 3 * second, .stack = own_stack(s, "main.spawn")};
	return s;
}

/* All that the views say of it; the caller frees it. */
static char *shown(const struct interval_report *r)
{
	struct view_options o = {.all = true};
	char *text = NULL;
	size_t size;

	o.out = open_memstream(&text, &size);
	view_text.interval(&o, r);
	view_text.logs(&o, r);
	view_json.interval(&o, r);
	view_json.logs(&o, r);
	fclose(o.out);
	return text;
}

static struct model *model_of_logs(void)
{
	struct model *m = model__new();

	model__want_logs(m);
	CHECK(!model__interval(m, sample_of(0)));
	return m;
}

TEST(a_report_outlives_the_next_ones_and_the_model)
{
	struct model *m = model_of_logs();
	const struct interval_report *first, *second;
	char *texts[4];

	first = interval_report__hold(model__interval(m, sample_of(1)));
	texts[0] = shown(first);
	CHECK(strstr(texts[0], "main.worker") && strstr(texts[0], "app.log") &&
	      strstr(texts[0], "log_mutex"));
	second = interval_report__hold(model__interval(m, sample_of(2)));
	texts[1] = shown(second);
	/* What was read before it is in it, too. */
	CHECK(strstr(texts[1], "main.worker") != NULL);
	model__interval(m, sample_of(3));
	model__free(m);
	texts[2] = shown(first);
	CHECK_STR(texts[2], texts[0]);
	interval_report__release(first);
	texts[3] = shown(second);
	CHECK_STR(texts[3], texts[1]);
	interval_report__release(second);
	for (int i = 0; i < 4; i++)
		free(texts[i]);
}

TEST(a_report_with_several_holders_lives_until_the_last_releases_it)
{
	struct model *m = model_of_logs();
	const struct interval_report *r = model__interval(m, sample_of(1));
	char *before = shown(r), *after;

	interval_report__hold(r);
	interval_report__hold(r);
	model__free(m);
	interval_report__release(r);
	after = shown(r);
	CHECK_STR(after, before);
	interval_report__release(r);
	interval_report__release(NULL);
	free(before);
	free(after);
}

/* What is remembered of a file and a process goes on where a report in between is held. */
TEST(holding_a_report_changes_none)
{
	struct model *held = model_of_logs(), *plain = model_of_logs();
	const struct interval_report *reports[4];

	for (uint64_t i = 1; i <= 4; i++) {
		char *a, *b;

		reports[i - 1] = interval_report__hold(model__interval(held, sample_of(i)));
		a = shown(reports[i - 1]);
		b = shown(model__interval(plain, sample_of(i)));
		CHECK_STR(a, b);
		free(a);
		free(b);
	}
	model__free(held);
	model__free(plain);
	for (int i = 0; i < 4; i++)
		interval_report__release(reports[i]);
}

TEST_MAIN
