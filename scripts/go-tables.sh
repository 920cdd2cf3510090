#!/bin/sh
# SPDX-License-Identifier: GPL-2.0-or-later
# data/go/*.tsv as C, to be compiled in: go-tables.sh > go_tables.inc. A new Go version is a new column of each table.
set -eu
cd "$(dirname "$0")/../data/go"

echo '/* Made by scripts/go-tables.sh from data/go. */'
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
		gsub(/runtime\./, "", name)
		gsub(/[. ]/, "_", name)
		names = names "\tGO_" name ",\n"
		row = ""
		for (i = 2; i <= columns; i++)
			row = row (i > 2 ? ", " : "") ($i == "-" ? -1 : $i)
		rows = rows "\t[GO_" name "] = {" row "},\n"
		texts = texts "\t[GO_" name "] = \"" $1 "\",\n"
	}
	END {
		printf "#define GO_VERSIONS %d\n", columns - 1
		printf "static const int go_minor_versions[GO_VERSIONS] = {%s};\n", versions
		printf "enum go_field {\n%s\tGO_FIELDS,\n};\n", names
		printf "#ifdef GO_TABLES\nstatic const int32_t go_offsets[GO_FIELDS][GO_VERSIONS] = {\n%s};\n#endif\n", rows
	}' offsets.tsv

echo '#ifdef GO_TABLES'
awk -F '\t' '
	$1 == "value" { columns = NF; next }
	/^#/ { next }
	{
		row = ""
		for (i = 2; i <= columns; i++)
			row = row (i > 2 ? ", " : "") ($i == "-" ? "0" : $i == "(empty)" ? "\"\"" : "\"" $i "\"")
		rows = rows "\t{" row "},\n"
		count++
	}
	END {
		printf "#define GO_WAIT_REASONS %d\n", count
		printf "static const char *const go_wait_reasons[GO_WAIT_REASONS][GO_VERSIONS] = {\n%s};\n", rows
	}' wait_reasons.tsv

# Columns of funcids.tsv are ranges of versions: 1.18-1.21
awk -F '\t' '
	$1 == "name" {
		for (i = 2; i <= NF; i++) {
			split($i, range, "-")
			first[i] = substr(range[1], 3) + 0
		}
		columns = NF
		next
	}
	/^#/ { next }
	{
		row = ""
		for (i = 2; i <= columns; i++)
			row = row (i > 2 ? ", " : "") ($i == "-" ? -1 : $i)
		rows = rows "\t[GO_FUNC_" $1 "] = {" row "},\n"
		names = names "\tGO_FUNC_" $1 ",\n"
	}
	END {
		row = ""
		for (i = 2; i <= columns; i++)
			row = row (i > 2 ? ", " : "") first[i]
		printf "#define GO_FUNC_RANGES %d\n", columns - 1
		printf "static const int go_func_ranges[GO_FUNC_RANGES] = {%s};\n#endif\n", row
		printf "enum go_func {\n%s\tGO_FUNC_COUNT,\n};\n", names
		printf "#ifdef GO_TABLES\nstatic const int16_t go_func_ids[GO_FUNC_COUNT][GO_FUNC_RANGES] = {\n%s};\n#endif\n", rows
	}' funcids.tsv

echo '#ifdef GO_TABLES'
awk -F '\t' '
	$1 == "go" || /^#/ { next }
	{ rows = rows "\t{" substr($1, 3) ", \"" $2 "\", " $3 "},\n" }
	END { printf "static const struct { int minor; char arch[8]; int stride; } go_semtable[] = {\n%s};\n#endif\n", rows }' semtable_stride.tsv
