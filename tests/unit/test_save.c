/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Samples saved and loaded: whole, by another version, and as they are made. */
#include <sys/stat.h>
#include <unistd.h>
#include "saved_files.h"

TEST(every_field_survives)
{
	struct sample *first = sample_of_everything(0), *again = sample_of_everything(0), *back = NULL;
	struct file file = saved(&first, 1);
	size_t count;

	CHECK_EQ(load_all(file, &count, &back), -ENODATA);
	CHECK_EQ(count, 1);
	CHECK(back && same_struct(SAMPLE_TABLE, (char *)again, (char *)back));
	sample__free(back);
	sample__free(again);
	free(file.bytes);
}

/* The comparison above sees a difference anywhere. */
TEST(another_value_in_any_field_is_seen)
{
	struct sample *one = sample_of_everything(0), *other = sample_of_everything(1);
	size_t same = 0, flags = 0;

	differences_are_expected = true;
	for (size_t i = 0; i < SAMPLE_TABLE->count; i++) {
		const struct field *row = &SAMPLE_TABLE->fields[i];

		flags += row->kind == FIELD_INTEGER && row->max == 1;
		if (row->kind == FIELD_UNSAVED || !strcmp(row->name, "bpf_ns_per_s"))
			continue;
		same += same_field(row, (char *)one, (char *)other);
	}
	differences_are_expected = false;
	CHECK_EQ(same, flags);
	sample__free(one);
	sample__free(other);
}

/* No byte of a struct is without a row, but for padding in front of a wider member, the arena of a sample,
 * and what these rows leave out on purpose. */
TEST(rows_cover_their_structs)
{
	static const char *const UNSAVED[] = {"go_reading.list", "go_reading.list_count"};
	size_t found = 0;

	for (size_t k = 0; k < FACTS_TABLE_COUNT; k++) {
		const struct field_table *t = &facts_tables[k];
		size_t end = k == FACTS_sample ? sizeof(struct arena) : 0, room;
		char name[100];

		CHECK(t->count && t->count <= 64);
		for (size_t i = 0; i < t->count; i++) {
			const struct field *f = &t->fields[i];

			snprintf(name, sizeof(name), "%s.%s", t->name, f->name);
			CHECK(f->offset >= end && f->offset - end < 8);
			room = f->kind == FIELD_OPTIONAL || (f->kind == FIELD_LIST && !f->count)
				       ? sizeof(void *)
				       : f->size * (f->count && f->kind != FIELD_CHARS ? f->count : 1);
			end = f->offset + (f->kind == FIELD_CHARS ? f->count : room);
			if (f->kind == FIELD_LIST)
				end = f->count_offset + sizeof(size_t);
			CHECK((f->kind == FIELD_STRUCT || f->kind == FIELD_OPTIONAL) <= (f->table != NULL));
			if (f->kind == FIELD_UNSAVED)
				found += !strcmp(name, UNSAVED[found < 2 ? found : 1]);
		}
		CHECK(t->size >= end && t->size - end < 8);
	}
	CHECK_EQ(found, 2);
}

static size_t texts_in(struct file file)
{
	const char *end = file.bytes + file.size, *at = file.bytes;
	size_t n = 0;

	for (; (at = memmem(at, (size_t)(end - at), "\xff text\n", 7)); at++)
		n++;
	return n;
}

/* Names that were written once are not written again, and numbers that begin anew are the new names. */
TEST(samples_share_names_until_a_reset)
{
	struct sample *list[8], *again, *back = NULL;
	struct file one, two;
	size_t count;

	list[0] = sample_of_everything(0);
	one = saved(list, 1);
	list[0] = sample_of_everything(0);
	list[1] = sample_of_everything(0);
	two = saved(list, 2);
	CHECK(texts_in(one) > 100);
	CHECK_EQ(texts_in(two), texts_in(one));
	free(one.bytes);
	free(two.bytes);
	for (int i = 0; i < 8; i++) {
		list[i] = sample_of_everything((uint64_t)i << 32);
		free(list[i]->threads);
		list[i]->thread_count = 30000;
		list[i]->threads = calloc(30000, sizeof(*list[i]->threads));
		for (int k = 0; k < 30000; k++)
			list[i]->threads[k] = (struct sample_thread){
				.pid = 1,
				.tid = k + 1,
				.name = arena__format(&list[i]->arena, "thread %d of %d", k, i),
				.state = 'S'};
	}
	two = saved(list, 8);
	CHECK(memmem(two.bytes, two.size, "R\0D", 3) != NULL);
	CHECK_EQ(load_all(two, &count, &back), -ENODATA);
	CHECK_EQ(count, 8);
	again = sample_of_everything(7ull << 32);
	CHECK(back && same_struct(&facts_tables[FACTS_go_reading], (char *)again->go, (char *)back->go));
	CHECK_STR(back->threads[29999].name, "thread 29999 of 7");
	sample__free(again);
	sample__free(back);
	free(two.bytes);
}

/* What the kernel or a target's memory says is written so that it can be read. */
TEST(values_beyond_their_rows_are_saved_as_the_nearest)
{
	struct sample *s = sensible_sample(0), *back = NULL;
	struct file file;
	size_t count;

	s->threads[0].io_fd = -100;
	s->threads[0].syscall = 1L << 40;
	s->threads[0].frozen = true;
	s->threads[1].name = NULL;
	s->threads[1].blocked_by = -7;
	file = saved(&s, 1);
	CHECK_EQ(load_all(file, &count, &back), -ENODATA);
	CHECK_EQ(back->threads[0].io_fd, -1);
	CHECK_EQ(back->threads[0].syscall, INT_MAX);
	CHECK_STR(back->threads[1].name, "");
	CHECK_EQ(back->threads[1].blocked_by, 0);
	CHECK_EQ(back->threads[1].frozen, false);
	CHECK_EQ(back->live_count, 0);
	CHECK(!back->go && !back->cmdline[0]);
	sample__free(back);
	free(file.bytes);
}

/* ---- other versions ----------------------------------------------------------------------------- */

/* The other version's fields are passed over, ours that it has not are zero, the others are right. */
TEST(fields_of_another_version)
{
	struct sample *s = sample_of_everything(0), *back;

	for (size_t k = 0; k < FACTS_TABLE_COUNT; k++) {
		const struct field_table *t = &facts_tables[k];

		for (size_t i = 0; i < t->count; i++) {
			const struct field *f = &t->fields[i];
			struct file file;
			char other[64];
			size_t count;

			if (f->kind == FIELD_UNSAVED || k == FACTS_saved_head || k == FACTS_saved_snapshot)
				continue;
			file = file_of_everything();
			snprintf(other, sizeof(other), "%s", f->name);
			memset(other, 'x', strlen(other));
			rename_field(file, t->name, f->name, other);
			back = NULL;
			if (load_all(file, &count, &back) == -ENODATA) {
				CHECK_EQ(count, 1);
				CHECK_EQ(back->rss_bytes == s->rss_bytes, strcmp(f->name, "rss_bytes") != 0);
				CHECK_EQ(same_text(back->exe, s->exe), strcmp(f->name, "exe") != 0);
			} else {
				/* Needed, or a key without which two elements are one. */
				CHECK(f->needed || f->min > 0 || !strcmp(f->name, "tgid") || f->table ||
				      !strcmp(f->name, "goids"));
			}
			sample__free(back);
			free(file.bytes);
		}
	}
	sample__free(s);
}

/* ---- as it is made ------------------------------------------------------------------------------ */

TEST(a_sample_can_be_read_before_the_next_is_written)
{
	struct saved_head h = {.every_process = true}, back = {0};
	struct saved_writer *w = NULL;
	struct saved_reader *r = NULL;
	struct sample *s = NULL, *made;
	FILE *in;
	int ends[2];

	CHECK(!pipe(ends));
	in = fdopen(ends[0], "r");
	CHECK_EQ(saved_writer__new(fdopen(ends[1], "w"), &h, &w), 0);
	CHECK_EQ(saved_reader__open(in, &back, &r), 0);
	CHECK(back.every_process && !back.snapshot);
	for (uint64_t i = 0; i < 3; i++) {
		made = sensible_sample(i);
		CHECK_EQ(saved_writer__sample(w, made), 0);
		CHECK_EQ(saved_reader__sample(r, &s), 0);
		CHECK(s && s->epoch == i && same_struct(SAMPLE_TABLE, (char *)made, (char *)s));
		sample__free(s);
		sample__free(made);
		s = NULL;
	}
	saved_writer__close(w);
	CHECK_EQ(saved_reader__sample(r, &s), -ENODATA);
	saved_reader__close(r);
	fclose(in);
}

static int create_as(void *arg, const char *path, int *ret_fd)
{
	const char **asked = arg;

	*asked = path;
	return saved_file__create("/dev/null/no", ret_fd);
}

TEST(a_file_may_be_created_by_another)
{
	struct saved_head h = {0};
	struct saved_writer *w = NULL;
	const char *asked = NULL, *path = "/tmp/not-made-here";

	saved_writer__create_by(create_as, &asked);
	CHECK_EQ(saved_writer__create(path, &h, &w), -ENOTDIR);
	CHECK(asked == path && !w && access(path, F_OK));
	saved_writer__create_by(NULL, NULL);
}

TEST(a_saved_file_is_its_owners_alone)
{
	struct saved_head h = {.snapshot = true}, back = {0};
	char directory[] = "/tmp/test-model-XXXXXX", path[64], other[64];
	struct saved_writer *w = NULL;
	struct saved_reader *r = NULL;
	struct saved_snapshot one;
	struct stat st;
	FILE *f;

	CHECK(mkdtemp(directory) != NULL);
	snprintf(path, sizeof(path), "%s/saved", directory);
	snprintf(other, sizeof(other), "%s/other", directory);
	/* One that was there and open to all is replaced by one that is closed to them. */
	f = fopen(path, "w");
	for (int i = 0; i < 1000; i++)
		fputs("much longer than what comes to stand here, and older, too\n", f);
	fchmod(fileno(f), 0666);
	fclose(f);
	CHECK_EQ(saved_writer__create(path, &h, &w), 0);
	CHECK_EQ(saved_writer__snapshot(w, &(struct saved_snapshot){.wall_ns = 77, .number = 1, .of = 1}), 0);
	CHECK_EQ(saved_writer__snapshot(w, &(struct saved_snapshot){.wall_ns = 78, .number = 2, .of = 5}), 0);
	CHECK_EQ(saved_writer__snapshot(w, &(struct saved_snapshot){.wall_ns = 78, .number = 6, .of = 5}), 0);
	CHECK(!stat(path, &st) && (st.st_mode & 07777) == 0600);
	saved_writer__close(w);
	f = fopen(path, "r");
	CHECK_EQ(saved_reader__open(f, &back, &r), 0);
	CHECK(back.snapshot && !back.every_process);
	CHECK_EQ(saved_reader__snapshot(r, &one), 0);
	CHECK(one.wall_ns == 77 && one.number == 1 && one.of == 1);
	CHECK_EQ(saved_reader__snapshot(r, &one), 0);
	CHECK(one.wall_ns == 78 && one.number == 2 && one.of == 5);
	CHECK_EQ(saved_reader__snapshot(r, &one), -EINVAL);
	CHECK_EQ(saved_reader__snapshot(r, &one), -ENODATA);
	saved_reader__close(r);
	fclose(f);

	CHECK(!symlink(path, other));
	CHECK_EQ(saved_writer__create(other, &h, &w), -ELOOP);
	unlink(other);
	CHECK(!link(path, other));
	CHECK_EQ(saved_writer__create(other, &h, &w), -EPERM);
	unlink(other);
	CHECK(!mkfifo(other, 0600));
	CHECK_EQ(saved_writer__create(other, &h, &w), -EPERM);
	unlink(other);
	CHECK_EQ(saved_writer__create(directory, &h, &w), -EISDIR);
	CHECK_EQ(saved_writer__create("/dev/null", &h, &w), -EPERM);
	/* What was refused is as it was. */
	CHECK(!stat(path, &st) && st.st_size > 70);
	unlink(path);
	rmdir(directory);
}

TEST_MAIN
