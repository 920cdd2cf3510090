/* SPDX-License-Identifier: GPL-2.0-or-later */
/* The modules that are mapped in one process. */
#ifndef TS_SYMBOLS_IMAGES_H
#define TS_SYMBOLS_IMAGES_H

#include "symbols/module.h"
#include "symbols/strings.h"
#include "target/process.h"

/* One executable mapping. */
struct image {
	uint64_t start, end, offset, inode;
	uint32_t dev_major, dev_minor;
	const char *path; /* kept in strings; "" for anonymous memory */
	bool tried;       /* to open it */
	struct module *module;
	uint64_t bias; /* address in the process minus the module's own */
};

struct images {
	struct image *list; /* by address */
	size_t count;
};

/* Builds the list anew, taking over open modules. True: it differs from before. */
bool images__update(struct images *i, const struct mappings *maps, struct strings *strings);
void images__free(struct images *i);
/* The executable mapping that covers address, or NULL. */
struct image *images__find(const struct images *i, uint64_t address);
/* Its module, opened on first use. NULL if it has none. */
struct module *image__module(struct image *im, const struct process *p, const struct mappings *maps);
/* The image of a data address: another mapping of the same file, or the zeroed memory after one.
 */
struct image *images__find_data(const struct images *i, const struct mappings *maps, uint64_t address);

#endif
