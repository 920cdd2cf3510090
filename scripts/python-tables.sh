#!/bin/sh
# SPDX-License-Identifier: GPL-2.0-or-later
# data/python/offsets.tsv as C, to be compiled in: python-tables.sh > python_tables.inc.
set -eu
cd "$(dirname "$0")/../data/python"

echo '/* Made by scripts/python-tables.sh from data/python. */'
awk -F '\t' '
	/^#/ { next }
	$1 == "field" {
		for (i = 2; i <= NF; i++)
			versions = versions (i > 2 ? ", " : "") substr($i, 3)
		columns = NF
		next
	}
	{
		name = $1
		gsub(/[.]/, "_", name)
		names = names "\tPY_" name ",\n"
		row = ""
		for (i = 2; i <= columns; i++)
			row = row (i > 2 ? ", " : "") ($i == "-" ? -1 : $i)
		rows = rows "\t[PY_" name "] = {" row "},\n"
	}
	END {
		printf "#define PY_VERSIONS %d\n", columns - 1
		printf "enum python_field {\n%s\tPY_FIELDS,\n};\n", names
		printf "#ifdef PYTHON_TABLES\nstatic const unsigned python_minor_versions[PY_VERSIONS] = {%s};\n", versions
		printf "static const int32_t python_offsets[PY_FIELDS][PY_VERSIONS] = {\n%s};\n#endif\n", rows
	}' offsets.tsv
