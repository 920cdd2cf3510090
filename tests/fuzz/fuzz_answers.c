/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Any bytes as what the parser answers: the collector takes from it what makes sense, or nothing. */
#include <fcntl.h>
#include <unistd.h>

#include "symbols/module.h"
#include "symbols/parser.h"
#include "symbols/supply.h"
#include "unwind/rules.h"
#include "tests/fuzz/fuzz.h"

static const uint8_t *bytes;
static size_t left;

/* Whole answers, one after the other: their length first, then flags as they may be. */
static void answer(const struct parser_request *r, const char *text, int fd, const struct module_place *at,
		   struct parser_message *ret)
{
	uint16_t n = 0;

	(void)r, (void)text, (void)at;
	if (fd >= 0)
		close(fd);
	if (left >= sizeof(n)) {
		memcpy(&n, bytes, sizeof(n));
		bytes += sizeof(n);
		left -= sizeof(n);
	}
	n = n < left ? n : (uint16_t)left;
	memset(ret->body, 0, sizeof(struct frame_body));
	memcpy(ret->body, bytes, n);
	bytes += n;
	left -= n;
	ret->head = (struct parser_reply){.bytes = r->kind == PARSER_OPEN ? sizeof(struct opened_body)
						   : n & 1                ? sizeof(struct frame_body)
									  : n};
}

static void look(struct module *m, uint64_t vaddr)
{
	struct module_place at = {.path = "/x"};
	struct module_name names[DWARF_FRAMES_MAX];
	const struct elf_symbol *s = module__function(m, &at, vaddr);
	size_t n = module__names(m, &at, LINES_ALWAYS, vaddr, names);
	struct rules rules = {0};
	struct row row = {0};

	if (s && (s->start > vaddr || s->end <= vaddr || strlen(s->name) > PARSER_BODY_MAX))
		abort();
	if (!n || n > DWARF_FRAMES_MAX || names[n - 1].start > vaddr)
		abort();
	rules__fill(&rules, m, &at, vaddr, 0x555500000000, &row);
	rules__forget(&rules);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	struct module_place at = {.path = "/x"};
	struct found_file file = {.fd = open("/dev/null", O_RDONLY | O_CLOEXEC)};
	struct supply_wish w;
	struct module *m;
	uint64_t vaddr;

	fuzz__new_run();
	bytes = data;
	left = size;
	parser__answered_by(answer);
	if (!module__open_file(&file, &at, &m)) {
		for (int i = 0; i < 8 && left; i++)
			look(m, module__start(m) + (unsigned)i * 64);
		module__vaddr(m, size, size & 1, &vaddr);
		module__put(m);
	}
	if (size >= sizeof(w)) {
		memcpy(&w, data, sizeof(w));
		w.host = data[0] & 1;
		w.kind %= SUPPLY_SERVER; /* never asks one */
		close(supply__open(NULL, "/usr/bin/x", &w));
	}
	return 0;
}
