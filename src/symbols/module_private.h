/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Shared by module.c and module_answers.c only. */
#ifndef TS_SYMBOLS_MODULE_PRIVATE_H
#define TS_SYMBOLS_MODULE_PRIVATE_H

#include "symbols/module.h"
#include "symbols/module_key.h"
#include "symbols/parser.h"

struct module {
	struct module *next; /* in the cache */
	unsigned users;
	uint32_t number; /* for the parser: unused by others */
	uint64_t parser; /* which one has it open */
	bool dead;       /* a parser was given up with it */
	struct module_key key;
	int fd;         /* of the file, or of the image */
	uint64_t file;  /* budget__file; 0: an image */
	uint8_t *image; /* a copy, of that size; NULL: from fd */
	size_t image_bytes;
	struct budget_hold held; /* by the parser */
	struct opened_body facts;
	struct elf_symbol found; /* the last answer */
	char *found_name;
};

/*
 * Asks the parser, for the process of at, where it has the module or can open it. 0, and the body of *ret has
 * at least that many bytes; or a negative errno.
 */
int module__ask(struct module *m, const struct module_place *at, struct parser_ask *a, enum budget_use use,
		size_t least, const struct parser_message **ret);

#endif
