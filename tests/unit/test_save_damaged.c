/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Saved samples that lie, and damaged ones. */
#include "facts/saved/bytes.h"
#include "saved_files.h"

/* Takes the sample. */
static void use(struct sample *s)
{
	struct sample *base = sample_at(0);
	struct model *m;

	base->restarts = s->restarts; /* else it begins anew */
	m = model_with_base(base);
	CHECK(model__interval(m, s) != NULL);
	if (s->process_count) {
		struct arena a = {0};

		CHECK(model__snapshot(&a, s, NULL) != NULL);
		arena__free(&a);
	}
	model__free(m);
}

static void refused(const char *table, const char *absent, const char *from, const char *to)
{
	struct file file = file_of_everything();
	size_t count;

	if (absent)
		rename_field(file, table, to, absent);
	rename_field(file, table, from, to);
	CHECK_EQ(load_all(file, &count, NULL), -EINVAL);
	CHECK_EQ(count, 0);
	free(file.bytes);
}

/* One field's value under another's name. */
TEST(values_that_cannot_be_are_refused)
{
	refused("sample_thread", NULL, "pid", "xxx");
	refused("sample_thread", NULL, "name", "xxxx");
	refused("sample_thread", NULL, "state", "xxxxx");
	refused("sample_thread", "xxxx", "goid", "kind");                  /* no such kind */
	refused("sample_thread", "xxxxxx", "age_ns", "ns_tid");            /* no TID */
	refused("sample_thread", "xxxxxx", "age_ns", "steady");            /* no flag */
	refused("sample_lock", "xxxxxxx", "last_ns", "evicted");           /* no flag */
	refused("sample", "xxxxxx", "cpu_ns", "now_ns");                   /* beyond what arithmetic takes */
	refused("sample", "xxxxxxxxxxxx", "lost_threads", "bpf_ns_per_s"); /* the same */
	refused("go_group", NULL, "goids", "xxxxx");                       /* a group of none */
	refused("ts_file_key", NULL, "tgid", "xxxx");                      /* of no process */
}

/* A sample of which only this field is given, as these bytes. */
static int load_raw(const char *field, const char *bytes, size_t size)
{
	struct file file = saved(NULL, 0);
	struct bytes value = {0}, all = {0};
	struct sample *s = NULL;
	size_t n = 0, count;
	int err;

	for (size_t i = 0; strcmp(SAMPLE_TABLE->fields[i].name, field); i++)
		n += SAMPLE_TABLE->fields[i].kind != FIELD_UNSAVED;
	bytes__put_number(&value, FACTS_sample);
	bytes__put_byte(&value, (uint8_t)(1 << n / 8));
	bytes__put_byte(&value, (uint8_t)(1 << n % 8));
	bytes__put(&value, bytes, size);
	bytes__put(&all, file.bytes, file.size);
	bytes__put_byte(&all, 'V');
	bytes__put_number(&all, value.size);
	bytes__put(&all, value.data, value.size);
	err = load_all((struct file){(char *)all.data, all.size}, &count, &s);
	CHECK_EQ(count, err == -ENODATA);
	if (s)
		use(s);
	free(value.data);
	free(all.data);
	free(file.bytes);
	return err;
}
#define RAW(field, bytes) load_raw(field, bytes, sizeof(bytes) - 1)

TEST(bytes_that_lie_are_refused)
{
	CHECK_EQ(RAW("losses", "\1\11\2"), -ENODATA);
	CHECK_EQ(RAW("losses", "\1\12\2"), -EINVAL); /* there are ten */
	CHECK_EQ(RAW("losses", "\2\11\2\0\2"), -EINVAL);
	CHECK_EQ(RAW("losses", "\2\0\2"), -EINVAL); /* one lacks */
	CHECK_EQ(RAW("kernel", "\0"), -ENODATA);
	CHECK_EQ(RAW("kernel", "\1"), -EINVAL);   /* not defined */
	CHECK_EQ(RAW("kernel", "\0\0"), -EINVAL); /* one byte too many */
	CHECK_EQ(RAW("kernel", ""), -EINVAL);
	CHECK_EQ(RAW("cmdline", "\0"), -ENODATA);
	CHECK_EQ(RAW("cmdline", "\1\0"), -EINVAL);
	CHECK_EQ(RAW("processes", "\0"), -ENODATA);
	CHECK_EQ(RAW("processes", "\1\0"), -EINVAL); /* no PID, no name */
	CHECK_EQ(RAW("processes", "\377\377\377\377\17"), -EINVAL);
	CHECK_EQ(RAW("requests", "\1\0"), -EINVAL);
	CHECK_EQ(RAW("uring_hidden", "\2"), -ENODATA);
	CHECK_EQ(RAW("uring_hidden", "\4"), -EINVAL); /* a flag of 2 */
	CHECK_EQ(RAW("uring_hidden", "\1"), -EINVAL); /* of -1 */
	CHECK_EQ(RAW("epoch", "\377\377\377\377\377\377\377\377\377\1"), -ENODATA);
	CHECK_EQ(RAW("epoch", "\377\377\377\377\377\377\377\377\377\2"), -EINVAL); /* 65 bits */
	CHECK_EQ(RAW("go", "\0\0"), -EINVAL);
	CHECK_EQ(RAW("go", "\0"), -ENODATA);
}

/* Signed numbers are twice themselves there. */
static int load_cost(uint64_t ns_per_s)
{
	struct bytes number = {0};
	int err;

	bytes__put_number(&number, 2 * ns_per_s);
	err = load_raw("bpf_ns_per_s", (char *)number.data, number.size);
	free(number.data);
	return err;
}

TEST(many_cpus_may_be_busy_with_probes)
{
	CHECK_EQ(load_cost(64000000000), -ENODATA);
	CHECK_EQ(load_cost(1000000000001), -EINVAL);
}

/* A list of 3 KB for each byte would take all memory. */
TEST(a_value_is_bounded_in_memory)
{
	size_t files = 400000;
	char *bytes = calloc(1, files + 10);
	struct bytes list = {0};

	bytes__put_number(&list, files);
	bytes__put(&list, bytes, files);
	CHECK_EQ(load_raw("files", (char *)list.data, list.size), -EINVAL);
	free(list.data);
	free(bytes);
}

TEST(a_text_has_no_end_inside)
{
	struct file file = file_of_everything();
	char *text = memmem(file.bytes, file.size, "\xff text", 6);
	size_t count;

	text[2] = '\0';
	CHECK_EQ(load_all(file, &count, NULL), -EINVAL);
	CHECK_EQ(count, 0);
	free(file.bytes);
}

TEST(two_of_one_key_are_refused)
{
	struct sample *s = sensible_sample(0);
	struct file file;
	size_t count;

	s->threads[1].tid = s->threads[0].tid;
	file = saved(&s, 1);
	CHECK_EQ(load_all(file, &count, NULL), -EINVAL);
	free(file.bytes);
}

TEST(other_files_are_refused)
{
	static const struct {
		const char *text;
		int err;
	} OTHERS[] = {
		{"{\"schema\":\"threadscope/sample/1\",\"command\":\"top\",\"every_process\":false}\n{}\n",
		 -EPROTONOSUPPORT},
		{"{\"schema\":\"threadscope/sample/2\",\"command\":\"top\"}\n", -EINVAL},
		{"threadscope facts 3\nxyz", -EPROTO},
		{"threadscope facts 2\n", -EINVAL},
		{"threadscope facts", -EINVAL},
		{"{}", -EINVAL},
		{"x", -EINVAL},
	};
	size_t count;

	for (size_t i = 0; i < sizeof(OTHERS) / sizeof(OTHERS[0]); i++)
		CHECK_EQ(
			load_all((struct file){(char *)OTHERS[i].text, strlen(OTHERS[i].text)}, &count, NULL),
			OTHERS[i].err);
}

/* ---- damage ------------------------------------------------------------------------------------ */

/* The samples before the cut are there; between two there is no damage. */
TEST(a_cut_leaves_what_is_whole)
{
	struct sample *list[3] = {sensible_sample(0), sensible_sample(1), sensible_sample(2)};
	struct file file = saved(list, 3), cut;
	size_t count, last = 0, clean = 0;

	for (cut = file; cut.size; cut.size--) {
		int err = load_all(cut, &count, NULL);

		clean += err == -ENODATA;
		CHECK(err == -ENODATA || err == -EBADMSG || (err == -EINVAL && !count));
		CHECK(cut.size == file.size ? count == 3 : count <= last);
		last = count;
	}
	/* Just after the head and each of the samples. */
	CHECK_EQ(clean, 4);
	free(file.bytes);
}

/* Bytes changed and cut anywhere: refused, or a sample that the model can take; the sanitizers watch. */
TEST(damaged_samples_do_no_harm)
{
	struct sample *everything[2] = {sensible_sample(1), sample_of_everything(0)}, *back;
	struct file file = saved(everything, 2), some;
	size_t taken = 0, count;
	unsigned state = 3;

	for (int i = 0; i < 6000; i++) {
		size_t at = (next_random(&state) << 4 | (next_random(&state) & 15)) % file.size;
		char was = file.bytes[at];
		int err;

		file.bytes[at] = (char)next_random(&state);
		some = file;
		if (i % 10 == 0)
			some.size = at + 1;
		back = NULL;
		err = load_all(some, &count, &back);
		file.bytes[at] = was;
		CHECK(err == -ENODATA || err == -EINVAL || err == -EBADMSG || err == -EPROTO);
		taken += back != NULL;
		if (back)
			use(back); /* takes it */
	}
	CHECK(taken > 100);
	free(file.bytes);
}

TEST_MAIN
