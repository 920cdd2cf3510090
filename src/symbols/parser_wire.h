/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * What the collector and the parser send each other. The parser is a copy of the collector, so both have the
 * same structures, and a function has the same address in both. What comes from the parser is hostile:
 * numbers and offsets are checked, and flags are numbers here, because a bool that is neither is undefined.
 */
#ifndef TS_SYMBOLS_PARSER_WIRE_H
#define TS_SYMBOLS_PARSER_WIRE_H

#include <stddef.h>
#include <stdint.h>

#include "symbols/call_frame.h"
#include "symbols/dwarf_lines.h"
#include "symbols/mapped_file.h"
#include "symbols/parsed.h"

#define PARSER_TEXT_MAX 8192
#define PARSER_BODY_MAX (120u << 10) /* below the default of net.core.wmem_default */
#define PARSER_NEEDS    1            /* instead of an error: the body is a struct supply_wish */

enum parser_kind {
	PARSER_OPEN,     /* the descriptor: opened_body */
	PARSER_CLOSE,    /* no reply */
	PARSER_NAMES,    /* of a code address, choice: enum symbol_lines; names_body */
	PARSER_FUNCTION, /* as in the table: symbol_body */
	PARSER_OBJECT,   /* symbol_body */
	PARSER_FRAME,    /* choice: 1 of .debug_frame; offset: registers. frame_body */
	PARSER_VARIABLE, /* text: a Go variable. text_body */
	PARSER_RECEIVER, /* text: a Go method. text_body */
	PARSER_READ,     /* the descriptor, text: read's argument, which the body is as well, afterwards */
	PARSER_SUPPLY,   /* in reply to PARSER_NEEDS: the descriptor, or none */
	PARSER_KINDS,
};

struct parser_request {
	uint64_t number;
	uint32_t kind, module; /* the module's number, which the collector gives it */
	uint32_t choice, has_path, bytes;
	int32_t pid; /* of the process that it is for; 0: none */
	uint64_t vaddr, offset;
	uint64_t left_ns, left_bytes; /* of the budget */
	elf_reader *read;
};

/* As it is sent, up to the text's end. */
struct parser_wire {
	struct parser_request r;
	char text[PARSER_TEXT_MAX + 1];
};

struct parser_reply {
	uint64_t number;
	int32_t error;
	uint32_t refused; /* files, for their cost */
	uint64_t held_bytes;
	uint32_t bytes; /* of the body */
};

struct parser_message {
	struct parser_reply head;
	_Alignas(16) uint8_t body[PARSER_BODY_MAX + 1];
};

/* ---- bodies: texts are offsets into the body, 0 is none ------------------------------ */

struct opened_body {
	uint64_t start, end, entry;
	uint32_t native, load_count;
	struct opened_load {
		uint64_t offset, bytes, vaddr;
		uint32_t executable;
	} loads[LOADS_MAX];
};

struct symbol_body {
	uint64_t start, end;
	uint32_t found, sized, name;
};

struct names_body {
	struct symbol_body symbol;
	uint32_t count; /* of DWARF; 0: the first may have a file nevertheless */
	struct names_frame {
		uint64_t start;
		uint32_t name, file;
		int32_t line;
	} frames[DWARF_FRAMES_MAX];
};

struct frame_body {
	struct call_frame frame;
	Dwarf_Op ops[CALL_FRAME_OPS];
};

struct text_body {
	uint32_t text;
};

/*
 * Does what is asked, in this process. text: that of the request, with a NUL behind it. fd is taken. at:
 * where the module was found. ret->head.number is the caller's.
 */
typedef void parser_answerer(const struct parser_request *r, const char *text, int fd,
			     const struct module_place *at, struct parser_message *ret);
parser_answerer parser_serve__request;

/* In a copy of this process that has HELPER_SOCKET alone: gives up its rights, and answers until that is
 * closed. */
_Noreturn void parser_serve__requests(void);

#endif
