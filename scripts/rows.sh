#!/bin/sh
# SPDX-License-Identifier: GPL-2.0-or-later
# From the table of rows (src/report/rows/*.def), C to include:
#   rows.sh json    a function per file that makes the JSON object of its row, documents aside
#   rows.sh schema  an array per file of what is known of its fields
# shellcheck disable=SC2013 # names of these files have no spaces
set -eu
cd "$(dirname "$0")/../src/report/rows"

if [ "$1" = json ]; then # rows have rows in them, of any file
	for file in $(grep -L "^/[*].*document" ./*.def); do
		file=${file#./}
		name=${file%.def}
		type=$(sed -n '1s/.*r: struct \([a-z_]*\).*/\1/p' "$file")
		echo "static json_t *row_$name(const struct $type *r, const struct json_context *c) __attribute__((unused));"
		cat <<-END
			static __attribute__((unused)) json_t *list_$name(const struct $type *list, size_t count,
			                                                  const struct json_context *c)
			{
				json_t *array = json_array();

				for (size_t i = 0; i < count; i++)
					json_append(&array, row_$name(&list[i], c));
				return array;
			}
		END
	done
fi
[ "$1" != schema ] || for file in *.def; do
	echo "static const struct field_doc fields_${file%.def}[];"
done
for file in *.def; do
	name=${file%.def}
	type=$(sed -n '1s/.*r: struct \([a-z_]*\).*/\1/p' "$file")
	if [ -z "$type" ]; then
		echo "rows.sh: $file does not say in its first line which struct r is" >&2
		exit 1
	fi
	case $1 in
	json)
		# Documents are written as they are made (views/json/json_documents.c).
		! head -n 1 "$file" | grep -q document || continue
		cat <<-END
			static json_t *row_$name(const struct $type *r, const struct json_context *c)
			{
				json_t *o = json_object();

				(void)r;
				(void)c;
			#include "views/json/json_fields.h"
			#include "report/rows/$file"
				return o;
			}
		END
		;;
	schema)
		cat <<-END
			static const struct field_doc fields_${name}[] = {
			#include "views/json/schema_fields.h"
			#include "report/rows/$file"
				{.name = NULL},
			};
		END
		;;
	*)
		echo "rows.sh: json or schema" >&2
		exit 2
		;;
	esac
done
