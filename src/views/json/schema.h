/* SPDX-License-Identifier: GPL-2.0-or-later */
/* The JSON Schemas and the lists of fields in the documentation, made from the table of rows. */
#ifndef TS_VIEWS_JSON_SCHEMA_H
#define TS_VIEWS_JSON_SCHEMA_H

#include <stdio.h>

/* Writes the schema of a document: "interval", "logs", "snapshot", "event" or "doctor". -ENOENT: there is
 * none of that name. */
int schema__print(FILE *out, const char *document);
/* The fields of each document, as Markdown tables. */
void schema__print_fields(FILE *out);

#endif
