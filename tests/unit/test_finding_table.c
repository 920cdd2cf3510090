// SPDX-License-Identifier: GPL-2.0-or-later
/* The table of findings: each kind has all that help, manual and interface.md print of it. */
#include "test.h"

#include "model/findings/findings.h"

static bool is_name(const char *s)
{
	return *s && strspn(s, "abcdefghijklmnopqrstuvwxyz-") == strlen(s);
}

/* Sentences: from a capital, or the name of a command, to a full stop or question mark. */
static bool is_text(const char *s)
{
	size_t length = strlen(s);

	return length > 20 && *s >= 'A' && *s <= 'Z' && strchr(".?", s[length - 1]) &&
	       !strpbrk(s, "\"|<>\\\n") && !strstr(s, "  ");
}

/* A threshold that thresholds.h lacks stays in the text as its name; O_APPEND and the like are no thresholds.
 */
static bool has_constant(const char *s)
{
	for (const char *at = strchr(s, '_'); at; at = strchr(at + 1, '_'))
		if (at >= s + 2 && at[-1] >= 'A' && at[-1] <= 'Z' && at[-2] >= 'A' && at[-2] <= 'Z')
			return true;
	return false;
}

TEST(each_kind_is_named_and_documented)
{
	for (enum finding_kind kind = 0; kind < FINDING_KINDS; kind++) {
		const struct finding_type *t = &FINDING_TYPES[kind];
		unsigned all = IN_TOP | IN_LOGS | IN_SNAPSHOT | IN_SERIES | ONLY_ON_FILES;
		enum finding_kind found;

		printf("# %s\n", t->name);
		CHECK(is_name(t->name));
		CHECK_STR(finding_kind__name(kind), t->name);
		CHECK(!finding_kind__find(t->name, strlen(t->name), &found) && found == kind);
		CHECK(t->reporters && !(t->reporters & ~all));
		CHECK(t->severity > SEVERITY_USUAL && t->severity < SEVERITIES);
		CHECK(is_text(t->meaning));
		CHECK(is_text(t->next));
		CHECK(!has_constant(t->meaning) && !has_constant(t->otherwise));
		/* a part of a sentence */
		CHECK(!strchr(t->otherwise, '.') && !strchr(t->tids, '.'));
	}
}

/* What top shows of logs, logs shows, too; what takes several snapshots, no single one reports. */
TEST(reporters_fit_together)
{
	for (enum finding_kind kind = 0; kind < FINDING_KINDS; kind++) {
		unsigned r = FINDING_TYPES[kind].reporters;

		CHECK(!(r & IN_LOGS) || r & IN_TOP);
		CHECK(!(r & IN_SNAPSHOT) || !(r & IN_SERIES));
		CHECK(!(r & ONLY_ON_FILES) || r & IN_LOGS);
		CHECK_EQ(finding__of_logs(&(struct finding){.kind = kind}),
			 r & IN_LOGS && !(r & ONLY_ON_FILES));
		CHECK_EQ(finding__of_logs(&(struct finding){.kind = kind, .path = "/srv/log"}),
			 r & IN_LOGS ? 1 : 0);
	}
	CHECK(FINDING_TYPES[FINDING_LONG_WAIT].reporters == IN_TOP);
}

TEST(names_that_are_none)
{
	static const char *const names[] = {"", "deadloc", "deadlocks", "Deadlock", "deadlock,log-stall"};
	enum finding_kind kind = FINDING_KINDS;

	for (size_t i = 0; i < sizeof(names) / sizeof(names[0]); i++)
		CHECK(finding_kind__find(names[i], strlen(names[i]), &kind) < 0);
	CHECK_EQ(kind, FINDING_KINDS); /* untouched */
	CHECK(!finding_kind__find("deadlock,log-stall", 8, &kind));
	CHECK_EQ(kind, FINDING_DEADLOCK);
}

TEST(severities_have_names_and_an_order)
{
	CHECK_STR(severity__name(SEVERITY_INFO), "info");
	CHECK_STR(severity__name(SEVERITY_WARNING), "warning");
	CHECK_STR(severity__name(SEVERITY_CRITICAL), "critical");
	CHECK(SEVERITY_INFO < SEVERITY_WARNING && SEVERITY_WARNING < SEVERITY_CRITICAL);
}

/* The usual severity is the table's; the worst come first. */
TEST(findings_are_collected_and_sorted)
{
	struct arena a = {0};
	struct findings f = {.arena = &a};

	for (enum finding_kind kind = 0; kind < FINDING_KINDS; kind++)
		findings__add(&f, &(struct finding){.kind = kind, .summary = "usual"});
	findings__add(&f, &(struct finding){
				  .kind = FINDING_DEADLOCK, .severity = SEVERITY_INFO, .summary = "other"});
	CHECK_EQ(f.count, FINDING_KINDS + 1);
	for (enum finding_kind kind = 0; kind < FINDING_KINDS; kind++) {
		CHECK_EQ(f.list[kind].kind, kind);
		CHECK_EQ(f.list[kind].severity, FINDING_TYPES[kind].severity);
	}
	CHECK_EQ(f.list[FINDING_KINDS].severity, SEVERITY_INFO);
	findings__sort(&f);
	for (size_t i = 1; i < f.count; i++)
		CHECK(f.list[i - 1].severity >= f.list[i].severity);
	arena__free(&a);
}

static void add(struct findings *f, enum finding_kind kind, pid_t pid, size_t threads, const char *summary)
{
	findings__add(f, &(struct finding){.kind = kind,
					   .severity = SEVERITY_WARNING,
					   .pid = pid,
					   .tid_count = threads,
					   .summary = summary});
}

/* Of one process: what nothing goes on behind, then what most wait in; else as in the table. */
TEST(a_deadlock_comes_first)
{
	struct arena a = {0};
	struct findings f = {.arena = &a};

	add(&f, FINDING_DEADLOCK, 8, 2, "in the second process");
	add(&f, FINDING_GOROUTINE_LEAK, 7, 0, "40 goroutines can never go on");
	add(&f, FINDING_STUCK_THREAD, 7, 2, "a stuck thread");
	add(&f, FINDING_LOCK_CONVOY, 7, 2, "the same number of threads");
	add(&f, FINDING_LOCK_CONVOY, 7, 40, "many threads wait");
	add(&f, FINDING_DEADLOCK, 7, 0, "likely deadlock of 3 goroutines");
	findings__add(&f, &(struct finding){.kind = FINDING_LOCK_CONVOY,
					    .severity = SEVERITY_WARNING,
					    .pid = 7,
					    .tid_count = 1,
					    .goroutines = 41,
					    .summary = "goroutines wait"});
	add(&f, FINDING_STUCK_THREAD, 6, 1, "a thread waits for room in a queue");
	add(&f, FINDING_LOG_STALL, 6, 1, "the queue's reader is in a sync");
	findings__sort(&f);
	CHECK_STR(f.list[0].summary, "the queue's reader is in a sync");
	CHECK_STR(f.list[1].summary, "a thread waits for room in a queue");
	CHECK_STR(f.list[2].summary, "likely deadlock of 3 goroutines");
	CHECK_STR(f.list[3].summary, "goroutines wait");
	CHECK_STR(f.list[4].summary, "many threads wait");
	CHECK_STR(f.list[5].summary, "the same number of threads");
	CHECK_STR(f.list[6].summary, "a stuck thread");
	CHECK_STR(f.list[7].summary, "40 goroutines can never go on");
	CHECK_STR(f.list[8].summary, "in the second process");
	arena__free(&a);
}

TEST_MAIN
