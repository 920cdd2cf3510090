/* SPDX-License-Identifier: GPL-2.0-or-later */
/* A view of a report made by hand, drawn without the rest of the screen. */
#ifndef TS_TEST_SCENES_H
#define TS_TEST_SCENES_H

#include "golden.h"
#include "screen/scene.h"

struct drawn {
	struct scene scene;
	const struct screen_view *view;
	struct grid grid;
	struct canvas canvas;
};

static inline void draw_begin(struct drawn *d, const struct screen_view *view, const struct scene *s,
			      unsigned rows, unsigned columns)
{
	*d = (struct drawn){.scene = *s, .view = view};
	setenv("TZ", "UTC", 1);
	d->scene.columns = columns;
	grid__init(&d->grid);
	canvas__resize(&d->canvas, rows, columns);
}

static inline void draw_fill(struct drawn *d)
{
	const struct grid_source source = {&d->scene, d->view->cells, d->view->value};
	size_t count;
	const struct column *columns = d->view->columns(&d->scene, &count);

	grid__begin(&d->grid, &source, columns, count);
	d->view->rows(&d->scene, &d->grid);
	grid__end(&d->grid);
}

static inline void draw_end(struct drawn *d)
{
	grid__free(&d->grid);
	canvas__free(&d->canvas);
}

/* Its rows, with what is above and below them. */
static inline void draw_rows(struct drawn *d)
{
	unsigned head, rows = d->canvas.rows, preview = 4;
	struct page p = {0};

	canvas__clear(&d->canvas);
	draw_fill(d);
	head = d->view->head ? d->view->head(&d->scene, &d->canvas, 0, rows) : 0;
	grid__draw(&d->grid, &d->canvas, head, rows - head - preview);
	if (d->view->preview && grid__selected(&d->grid))
		d->view->preview(&d->scene, grid__selected(&d->grid), &p);
	page__draw(&p, &d->canvas, rows - preview, preview);
	page__free(&p);
}

/* The detail of a row. false: the view has none of it. */
static inline bool draw_detail(struct drawn *d, uint64_t id)
{
	struct page p = {0};
	bool there = d->view->detail(&d->scene, id, &p);

	canvas__clear(&d->canvas);
	page__draw(&p, &d->canvas, 0, d->canvas.rows);
	page__free(&p);
	return there;
}

static inline void check_drawn(struct drawn *d, const char *name)
{
	char *text = canvas__text(&d->canvas), file[128];
	struct capture c;

	begin(&c);
	fputs(text, c.o.out);
	free(text);
	snprintf(file, sizeof(file), "screen-%s-%ux%u.txt", name, d->canvas.columns, d->canvas.rows);
	check_golden(&c, file);
}

static inline bool drawn_has(struct drawn *d, const char *part)
{
	char *text = canvas__text(&d->canvas);
	bool has = strstr(text, part) != NULL;

	if (!has)
		printf("# '%s' is not in:\n%s", part, text);
	free(text);
	return has;
}

static inline bool drawn_lacks(struct drawn *d, const char *part)
{
	char *text = canvas__text(&d->canvas);
	bool lacks = !strstr(text, part);

	free(text);
	return lacks;
}

#endif
