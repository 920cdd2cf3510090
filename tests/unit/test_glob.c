/* SPDX-License-Identifier: GPL-2.0-or-later */
/* The kernel side's globs, against fnmatch. */
#include <errno.h>
#include <fnmatch.h>
#include <stdlib.h>
#include "probes/glob.h"
#include "test.h"

static void check_glob(const char *glob, const char *name)
{
	struct glob_automaton a = {0};
	int want = !fnmatch(glob, name, 0), got;

	CHECK_EQ(glob_automaton__add(&a, glob), 0);
	got = glob_automaton__matches(&a, name, strlen(name));
	if (got != want)
		printf("# '%s' on '%s'\n", glob, name);
	CHECK_EQ(got, want);
}

TEST(globs_match_as_fnmatch_does)
{
	static const char *const GLOBS[] = {"",
					    "*",
					    "**",
					    "?",
					    "??*",
					    "nginx",
					    "nginx*",
					    "*nginx",
					    "*n*x*",
					    "n?inx",
					    "[a-n]*",
					    "[!a-n]*",
					    "[^n]*",
					    "[]x]*",
					    "[!]]*",
					    "[a-]*",
					    "[-a]*",
					    "[n]ginx",
					    "*[0-9]",
					    "[z-a]*",
					    "\\*",
					    "a\\?b",
					    "a*b*c",
					    "a**b",
					    "*a?",
					    "*ab*ab",
					    "[ab][cd]",
					    "?*?",
					    "\\[a]",
					    "x]",
					    "[\\]a]*",
					    "[a\\-z]*",
					    "[!\\]]*",
					    "*\\\\*",
					    "*[*?]*",
					    "kworker/?:*",
					    "\xc3*",
					    "[\x80-\xff]*",
					    "*/*",
					    "a\\",
					    "\\",
					    "*\\",
					    "*.log",
					    "[[:digit:]]",
					    "[[:alpha:]-]*",
					    "[![:upper:]x]*",
					    "[[:x]*"};
	static const char *const NAMES[] = {"",         "n",
					    "nginx",    "nginx-1",
					    "xnginx",   "nxinx",
					    "a",        "b",
					    "ab",       "abc",
					    "aXbYc",    "abab",
					    "*",        "a?b",
					    "a*b",      "]",
					    "]x",       "-",
					    "-a",       "0",
					    "x9",       "[a]",
					    "x]",       "\\",
					    "a\\b",     "kworker/0:1",
					    "\xc3\xa4", "\xff",
					    "a/b",      ".log",
					    "x.log",    "ac",
					    "bd",       "zzzzzzzzzzzzzzz",
					    "\\]"};

	for (size_t g = 0; g < sizeof(GLOBS) / sizeof(GLOBS[0]); g++)
		for (size_t n = 0; n < sizeof(NAMES) / sizeof(NAMES[0]); n++)
			check_glob(GLOBS[g], NAMES[n]);
}

/* The same every time: a small generator of our own. */
TEST(random_globs)
{
	static const char *const PARTS[] = {"*",    "?",   "a",     "b",  "[ab]", "[!a]",
					    "[^b]", "\\*", "[a-c]", "ab", "**",   "[]b]"};
	static const char LETTERS[] = "abc*]";
	unsigned state = 7;

	for (int i = 0; i < 20000; i++) {
		char glob[64] = "", name[16] = "";
		unsigned parts = next_random(&state) % 7, letters = next_random(&state) % 9;

		for (unsigned k = 0; k < parts; k++)
			strcat(glob, PARTS[next_random(&state) % (sizeof(PARTS) / sizeof(PARTS[0]))]);
		for (unsigned k = 0; k < letters; k++)
			name[k] = LETTERS[next_random(&state) % 5];
		check_glob(glob, name);
	}
}

TEST(several_globs_at_once)
{
	struct glob_automaton a = {0}, full = {0};
	char text[80];

	CHECK_EQ(glob_automaton__add(&a, "my*"), 0);
	CHECK_EQ(glob_automaton__add(&a, "*sql"), 0);
	CHECK_EQ(glob_automaton__add(&a, ""), 0);
	CHECK_EQ(glob_automaton__add(&a, "x?"), 0);
	CHECK(glob_automaton__matches(&a, "mysqld", 6));
	CHECK(glob_automaton__matches(&a, "psql", 4));
	CHECK(glob_automaton__matches(&a, "", 0));
	CHECK(glob_automaton__matches(&a, "xy", 2));
	CHECK(!glob_automaton__matches(&a, "x", 1));
	CHECK(!glob_automaton__matches(&a, "xyz", 3));
	CHECK(!glob_automaton__matches(&a, "sqlx", 4));
	/* A name of the kernel ends at its NUL. */
	CHECK(glob_automaton__matches(&a, "xy\0zzz", 6));

	memset(text, 'a', sizeof(text));
	text[63] = '\0';
	CHECK_EQ(glob_automaton__add(&full, text), 0);
	CHECK(glob_automaton__matches(&full, text, 63));
	CHECK_EQ(glob_automaton__add(&full, "b"), -E2BIG);
	text[63] = 'a';
	text[64] = '\0';
	full = (struct glob_automaton){0};
	CHECK_EQ(glob_automaton__add(&full, text), -E2BIG);
	CHECK_EQ(glob_automaton__add(&full, "[a"), -EINVAL);
	CHECK_EQ(glob_automaton__add(&full, "a[]"), -EINVAL);
	CHECK_EQ(glob_automaton__add(&full, "[!]"), -EINVAL);
	CHECK_EQ(glob_automaton__add(&full, "["), -EINVAL);
	CHECK_EQ(full.starts, 0); /* untouched */
}

TEST(open_brackets)
{
	static const char *const CLOSED[] = {"",    "*", "[a]", "[]]",         "[!]]",
					     "\\[", "]", "[[]", "[[:digit:]]", "a\\"};
	static const char *const OPEN[] = {"[", "[]", "[!]", "a[", "[a]*[b", "[\\]", "[[:digit:]"};

	for (size_t i = 0; i < sizeof(CLOSED) / sizeof(CLOSED[0]); i++)
		CHECK(glob__closed(CLOSED[i]));
	for (size_t i = 0; i < sizeof(OPEN) / sizeof(OPEN[0]); i++)
		CHECK(!glob__closed(OPEN[i]));
}

TEST_MAIN
