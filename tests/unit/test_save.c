/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Samples saved and loaded, whole and damaged. */
#include <errno.h>
#include <stdlib.h>
#include <sys/stat.h>
#include <unistd.h>
#include "facts/saved/saved.h"
#include "samples.h"

static struct go_reading *goroutines_of_everything(struct arena *a)
{
	static const struct frame frames[] = {
		{.address = 4, .function = "main.f", .file = "f.go", .line = 9}};
	struct go_reading *r = ARENA_NEW(a, struct go_reading, 1);
	struct go_group *g = ARENA_NEW(a, struct go_group, 1);

	*g = (struct go_group){
		.state = "chan send",
		.count = 2,
		.goids = {3, UINT64_MAX},
		.goid_count = 2,
		.wait_known = 2,
		.wait_exact = 1,
		.wait_max_ns = 8,
		.wait = {GO_TARGET_CHAN, UINT64_MAX, 4, 5, true, 2, 0, 0, -1, true, "x\x80", "y"},
		.targets = 1,
		.peer = "z",
		.behind = 7,
		.stack = {.frames = frames, .count = 1, .end = STACK_MOVED},
		.created_by = frames[0],
		.creators_differ = true,
		.labels = {{"k", "v\xff", 2}},
		.label_count = 1,
		.tids = ARENA_NEW(a, pid_t, 1),
		.tid_count = 1};
	g->tids[0] = 12;
	r->groups = g;
	r->group_count = 1;
	r->states = ARENA_NEW(a, struct go_state, 1);
	r->states[0] = (struct go_state){"chan send", 2};
	r->state_count = 1;
	r->version = "go1.99";
	r->unsure = true;
	r->total = 2;
	r->scheduler = (struct go_scheduler){true, 1, 2, 3, 4, 5, 6, 7, 8, true, true};
	r->queues = ARENA_NEW(a, struct go_queue, 1);
	r->queues[0] =
		(struct go_queue){UINT64_MAX, 2,    3,
				  4,          true, 5,
				  "frame",    true, {{.goid = 6, .state = "s", .function = "f", .tid = 7}},
				  1,          8};
	r->queue_count = 1;
	r->queues_more = 9;
	r->lost_more = 1;
	return r;
}

static struct sample *sample_of_everything(void)
{
	static const struct frame frames[] = {{.address = UINT64_MAX,
					       .function = "\xff\\x41\n\"",
					       .offset = 3,
					       .module = "/a\x80",
					       .file = "f.c",
					       .line = 9,
					       .inlined = true},
					      {.address = 0}};
	struct sample *s = sample_at(5);
	struct sample_process *p = add_process(s, 10, 4);
	struct sample_thread *t;
	struct sample_lock *l;
	struct sample_slow *slow;
	struct sample_file *f;
	char **cmdline = ARENA_NEW(&s->arena, char *, 3);

	p->comm = "a\x1b\xc3";
	p->has_limits = true;
	p->limits = (struct thread_limits){{1, 2}, {3, LIMIT_NONE}, {4, 5}, "/x.slice"};
	t = add_waiter(s, 10, 10, 0x1000, 11);
	t->args[0] = UINT64_MAX;
	t->args[5] = 1;
	t->path = "";
	t->peer = "z";
	t->steady = true;
	t->stack = (struct call_stack){
		.frames = frames, .count = 2, .end = STACK_RUNNING, .sampled = STACK_TRUNCATED};
	t->kernel_stack = (struct call_stack){.frames = frames + 1, .count = 1, .end = STACK_COMPLETE};
	add_writer(s, 10, 12, TS_IO_SYNC, 77);
	s->creators[s->creator_count++] =
		(struct sample_creator){.pid = 10,
					.stack_id = 1ull << 63,
					.created = 2,
					.exited = 1,
					.stack = {.frames = NULL, .count = 0, .end = STACK_UNREADABLE}};
	l = add_lock(s, 10, 0x1000, 0x1000);
	l->symbol = "\\x5c";
	l->evicted = true;
	l->wait_ns = 5;
	count_wait(&l->waits, 5, 1000, 3);
	l->waits.buckets[TS_HIST_BUCKETS - 1] = UINT32_MAX;
	f = add_file(s, 10);
	f->totals.fd = -1;
	f->totals.bytes = UINT64_MAX;
	f->deleted = true;
	f->open = true;
	count_wait(&f->totals.syncs, 5, 1000, 3);
	f->slow_writes = (struct slow_calls){2, 5, {[STALL_JOURNAL] = UINT64_MAX}};
	slow = ARENA_NEW(&s->arena, struct sample_slow, 1);
	*slow = (struct sample_slow){5,
				     {.sync = true,
				      .syscall = "fsync",
				      .name = "a\x80",
				      .tid = 11,
				      .ns = 7,
				      .result = -5,
				      .parts = {[STALL_DISK] = 6},
				      .stack = {.frames = frames, .count = 2, .end = STACK_TRUNCATED}}};
	f->slowest = slow;
	f->totals.uring_writes = UINT64_MAX;
	f->totals.uring_syncs = 1;
	s->requests = calloc(2, sizeof(*s->requests));
	for (int i = 0; i < 2; i++) /* of one file, in one sample: that is no damage */
		s->requests[s->request_count++] = (struct sample_request){.key = f->key,
									  .age_ns = UINT64_MAX,
									  .bytes = 100,
									  .io_kind = TS_IO_WRITE,
									  .fd = i - 1,
									  .tid = 12,
									  .name = "a\x80"};
	s->losses[TS_LOSS_PROCESSES] = 9;
	s->lost_threads = 3;
	cmdline[0] = (char *)"app";
	cmdline[1] = (char *)"";
	s->cmdline = cmdline;
	s->go = goroutines_of_everything(&s->arena);
	t->goid = 3;
	t->go_running = true;
	return s;
}

/* What two samples are as text is what they are. */
TEST(a_sample_survives_saving)
{
	struct sample *s = sample_of_everything(), *back = NULL, *none = NULL;
	char *first = NULL, *second = NULL;
	size_t first_size = 0, second_size = 0;
	FILE *out = open_memstream(&first, &first_size), *in;

	CHECK_EQ(sample__save(out, s), 0);
	fclose(out);
	in = fmemopen(first, first_size, "r");
	CHECK_EQ(sample__load(in, &back), 0);
	CHECK_EQ(sample__load(in, &none), -ENODATA);
	CHECK(!none);
	fclose(in);
	if (back) {
		out = open_memstream(&second, &second_size);
		CHECK_EQ(sample__save(out, back), 0);
		fclose(out);
		CHECK_STR(second, first);
		CHECK_STR(back->processes[0].comm, "a\x1b\xc3");
		CHECK_STR(back->threads[0].stack.frames[0].function, "\xff\\x41\n\"");
		CHECK(back->threads[0].stack.frames[0].address == UINT64_MAX);
		CHECK(!back->threads[0].stack.frames[1].function);
		CHECK_STR(back->threads[0].path, "");
		CHECK(!back->threads[1].path);
		CHECK_EQ(back->threads[1].syscall, -1);
		CHECK_EQ(back->threads[1].io_file.inode, 7);
		CHECK_STR(back->locks[0].symbol, "\\x5c");
		CHECK(!memcmp(&back->locks[0].waits, &s->locks[0].waits, sizeof(struct ts_latency)));
		CHECK(!memcmp(&back->files[0].totals, &s->files[0].totals, sizeof(struct ts_file)));
		CHECK(!memcmp(&back->files[0].slow_writes, &s->files[0].slow_writes,
			      sizeof(struct slow_calls)));
		CHECK_EQ(back->files[0].slow_syncs.count, 0);
		CHECK(!back->files[0].slowest_lately);
		CHECK(back->files[0].slowest && back->files[0].slowest->call.sync);
		CHECK_EQ(back->files[0].slowest->call.result, -5);
		CHECK_STR(back->files[0].slowest->call.name, "a\x80");
		CHECK_EQ(back->files[0].slowest->call.parts[STALL_DISK], 6);
		CHECK_EQ(back->files[0].slowest->call.stack.count, 2);
		CHECK(!memcmp(&back->processes[0].limits, &s->processes[0].limits,
			      sizeof(struct thread_limits)));
		CHECK(back->bpf_ns_per_s == UINT64_MAX);
		CHECK_STR(back->cmdline[1], "");
		CHECK(!back->cmdline[2]);
	}
	sample__free(back);
	sample__free(s);
	free(second);
	free(first);
}

/* Bytes changed and cut anywhere: refused, or a sample that the model can take; the sanitizers watch. */
TEST(damaged_samples_do_no_harm)
{
	struct sample *s = sample_of_everything(), *back;
	size_t size = 0, taken = 0;
	char *text = NULL;
	FILE *out = open_memstream(&text, &size), *in;
	unsigned state = 3;

	sample__save(out, s);
	fclose(out);
	sample__free(s);
	for (int i = 0; i < 20000; i++) {
		static const char BYTES[] = "0123456789\"[]{},:-xnt\\\x80";
		size_t at = (next_random(&state) << 4 | (next_random(&state) & 15)) % size;
		char was = text[at];
		struct model *m;
		int err;

		text[at] = BYTES[next_random(&state) % (sizeof(BYTES) - 1)];
		in = fmemopen(text, i % 10 ? size : at + 1, "r");
		err = sample__load(in, &back);
		fclose(in);
		text[at] = was;
		CHECK(!err || err == -EINVAL);
		if (err)
			continue;
		taken++;
		m = model_with_base(sample_at(0));
		CHECK(model__interval(m, back) != NULL);
		if (back->process_count) {
			struct arena a = {0};

			CHECK(model__snapshot(&a, back, NULL) != NULL);
			arena__free(&a);
		}
		model__free(m);
	}
	CHECK(taken > 100);
	free(text);
}

TEST(a_saved_file_is_its_owners_alone)
{
	struct saved_header h = {.snapshot = true}, back = {0};
	char directory[] = "/tmp/test-model-XXXXXX", path[64], other[64];
	struct saved_snapshot one;
	FILE *f = NULL;
	struct stat st;

	CHECK(mkdtemp(directory) != NULL);
	snprintf(path, sizeof(path), "%s/saved", directory);
	snprintf(other, sizeof(other), "%s/other", directory);
	/* One that was there and open to all is cut and closed to them. */
	f = fopen(path, "w");
	fputs("much longer than the line that comes to stand here, and older, too\n{}\n{}\n{}\n{}\n{}\n", f);
	fchmod(fileno(f), 0666);
	fclose(f);
	CHECK_EQ(saved__create(path, &h, &f), 0);
	CHECK_EQ(saved__save_snapshot(f, &(struct saved_snapshot){.wall_ns = 77, .number = 1, .of = 1}), 0);
	CHECK_EQ(saved__save_snapshot(f, &(struct saved_snapshot){.wall_ns = 78, .number = 2, .of = 5}), 0);
	CHECK(!fstat(fileno(f), &st) && (st.st_mode & 07777) == 0600);
	fclose(f);
	f = fopen(path, "r");
	CHECK_EQ(saved__read_header(f, &back), 0);
	CHECK(back.snapshot && !back.every_process);
	CHECK_EQ(saved__load_snapshot(f, &one), 0);
	CHECK(one.wall_ns == 77 && one.number == 1 && one.of == 1);
	CHECK_EQ(saved__load_snapshot(f, &one), 0);
	CHECK(one.wall_ns == 78 && one.number == 2 && one.of == 5);
	CHECK_EQ(saved__load_snapshot(f, &one), -ENODATA);
	fclose(f);

	CHECK(!symlink(path, other));
	CHECK_EQ(saved__create(other, &h, &f), -ELOOP);
	unlink(other);
	CHECK(!link(path, other));
	CHECK_EQ(saved__create(other, &h, &f), -EPERM);
	unlink(other);
	CHECK(!mkfifo(other, 0600));
	CHECK_EQ(saved__create(other, &h, &f), -ENXIO);
	unlink(other);
	CHECK_EQ(saved__create(directory, &h, &f), -EISDIR);
	CHECK_EQ(saved__create("/dev/null", &h, &f), -EPERM);
	/* What was refused is as it was. */
	CHECK(!stat(path, &st) && st.st_size > 70);
	unlink(path);
	rmdir(directory);
}

TEST_MAIN
