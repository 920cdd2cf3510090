/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * The process that parses ELF files, DWARF, call frame information, xz and C++ names: libelf, libdw, liblzma
 * and libiberty run nowhere else. It has no rights (parser_rights.h), gets descriptors, and sends back
 * numbers and texts. One that crashes, or takes longer than its budget, is given up with the file at which it
 * was, and another is started for the others. Not for more than one thread.
 */
#ifndef TS_SYMBOLS_PARSER_H
#define TS_SYMBOLS_PARSER_H

#include "symbols/parser_wire.h"

/*
 * From now on another process parses. Without this, which is for unit tests and fuzzers, this one does.
 * Starts it, so that it is a copy of as little as possible; it is started again at need.
 */
void parser__separate(void);

/* Ends it, without waiting: that is done when this process ends. It is started again at need. */
void parser__end(void);

/*
 * Which parser it is: another number than before means that it has none of the modules that the one before
 * had open. 0: none can be started, and nothing is parsed.
 */
uint64_t parser__ready(void);

/* The same without starting one. */
uint64_t parser__current(void);

struct parser_ask {
	struct parser_request request;
	int fd; /* -1: none; borrowed */
	const void *text;
	size_t bytes;                  /* at most PARSER_TEXT_MAX */
	const struct module_place *at; /* whose process may be asked for separate debug files */
	uint64_t file;                 /* budget__file of it, which is left out if the parser is given up */
	struct budget_hold *held;      /* for what the parser holds of it; NULL: it keeps nothing */
};

/*
 * Within budget__begin and budget__end. 0, and *ret is valid until the next call; or a negative errno: that
 * of the request, -ECHILD: another parser than the last parser__ready has seen would have to do it; -EPIPE,
 * -ETIMEDOUT: it was given up while it did this.
 */
int parser__ask(const struct parser_ask *a, const struct parser_message **ret);
/* What was open as that module is closed. Nothing to wait for. */
void parser__forget(uint32_t module, struct budget_hold *held);

/* The path, as its process sees it, of the last file with which a parser was given up; "": not known which.
 * NULL: none was. Valid until the next one is. */
const char *parser__given_up(void);

/* For tests: what answers in this process, whatever it says. */
void parser__answered_by(parser_answerer *fn);

/* The CPU time of all of them, as far as it was for a request. */
uint64_t parser__cpu_ns(void);
/* Memory that it holds of files, as it says. */
uint64_t parser__held_bytes(void);

/* The text at that offset of the body; NULL: none. Ends within the body. */
const char *parser_message__text(const struct parser_message *m, uint32_t at);

#endif
