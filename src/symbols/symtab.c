/* SPDX-License-Identifier: GPL-2.0-or-later */
#include <errno.h>
#include <stdlib.h>
#include <string.h>

#include "symbols/symtab.h"

#include "util/array.h"
#include "util/heap.h"

#define SYMBOLS_MAX (16u << 20)
#define ROOM_FIRST  256
#define OWNED_COST  32 /* of a name beside its bytes */
#define COMPARE_NS  10
/* Longer equal beginnings would make the order cost as much as their length. */
#define NAME_COMPARED 256
#define DIGIT_BITS    11
#define DIGIT_MAX     ((1u << DIGIT_BITS) - 1)
#define BACK_STEPS    64 /* limit of symbols without a size that are skipped */

struct section {
	uint64_t flags, end;
};

/* Room is made by quarters, for large tables are large. */
static bool make_room(struct symtab *t)
{
	size_t more = t->room / 4 > ROOM_FIRST ? t->room / 4 : ROOM_FIRST;
	void *list;

	if (t->count < t->room)
		return true;
	if (t->refused || !budget__take(&t->hold, more * sizeof(*t->list)))
		return false;
	list = heap__try_resize(t->list, (t->room + more) * sizeof(*t->list));
	if (!list)
		return false;
	t->list = list;
	t->room += more;
	return true;
}

bool symtab__push(struct symtab *t, const struct elf_symbol *symbol)
{
	if (!make_room(t)) {
		t->refused = true;
		return false;
	}
	t->list[t->count++] = *symbol;
	return true;
}

void symtab__push_owned(struct symtab *t, uint64_t start, uint64_t size, const char *name)
{
	struct elf_symbol s = {.start = start, .end = start + size, .sized = size != 0};

	if (!budget__take(&t->hold, strlen(name) + OWNED_COST)) {
		t->refused = true;
		return;
	}
	s.name = *ARRAY_ADD(t->owned, t->owned_count, t->owned_room) = heap__string(name);
	symtab__push(t, &s);
}

/* Flags and end address of each section. The caller frees. */
static struct section *read_sections(const struct elf_file *f)
{
	struct section *list = heap__try(f->sections + 1, sizeof(*list));

	for (size_t i = 0; list && i < f->sections; i++) {
		Elf_Scn *scn = elf_getscn(f->elf, i);
		GElf_Shdr s;

		if (!scn || !gelf_getshdr(scn, &s) || s.sh_addr + s.sh_size < s.sh_addr)
			continue;
		list[i].flags = s.sh_flags;
		list[i].end = s.sh_addr + s.sh_size;
	}
	return list;
}

size_t symtab__terminated(const Elf_Data *strings)
{
	const char *last = memrchr(strings->d_buf, '\0', strings->d_size);

	return last ? (size_t)(last - (const char *)strings->d_buf) + 1 : 0;
}

/*
 * Preference among several names for one address: with a size, then functions before untyped labels, then
 * exported before local ones, then the last by alphabet, see compare.
 */
static uint8_t rank_of(const GElf_Sym *sym)
{
	unsigned type = GELF_ST_TYPE(sym->st_info), bind = GELF_ST_BIND(sym->st_info);

	return (uint8_t)((sym->st_size ? 4 : 0) + (type != STT_NOTYPE ? 2 : 0) + (bind != STB_LOCAL ? 1 : 0));
}

/* Labels of compilers and assemblers, not names: "$x" of arm64, ".L12". */
static bool is_marker(const char *name)
{
	return !name[0] || name[0] == '$' || (name[0] == '.' && name[1] == 'L');
}

static bool add_one(struct symtab *functions, struct symtab *objects, const GElf_Sym *sym, const char *name,
		    const struct section *section)
{
	unsigned type = GELF_ST_TYPE(sym->st_info);
	bool code = section->flags & SHF_EXECINSTR;
	struct elf_symbol s = {.start = sym->st_value,
			       .end = sym->st_value + sym->st_size,
			       .name = name,
			       .rank = rank_of(sym),
			       .sized = sym->st_size != 0};

	if (s.end < s.start || is_marker(name))
		return true;
	if (!s.sized)
		s.end = section->end;
	if (s.end <= s.start)
		return true;
	if (code && functions && (type == STT_FUNC || type == STT_GNU_IFUNC || type == STT_NOTYPE))
		return symtab__push(functions, &s);
	if (!code && objects && s.sized && (type == STT_OBJECT || type == STT_COMMON))
		return symtab__push(objects, &s);
	return true;
}

/* Also when the file is at fault. */
static void refuse(struct symtab *functions, struct symtab *objects)
{
	if (functions)
		functions->refused = true;
	if (objects)
		objects->refused = true;
}

void symtab__add(struct symtab *functions, struct symtab *objects, struct elf_file *f, uint32_t type)
{
	GElf_Shdr shdr, str;
	Elf_Scn *scn = elf_file__section(f, NULL, type, &shdr), *str_scn;
	Elf_Data *data, *strings;
	struct section *sections;
	unsigned steps = 0;

	if (!scn || (shdr.sh_flags & SHF_COMPRESSED))
		return;
	str_scn = elf_getscn(f->elf, shdr.sh_link);
	if (!str_scn || !gelf_getshdr(str_scn, &str) || str.sh_type != SHT_STRTAB ||
	    (str.sh_flags & SHF_COMPRESSED))
		return;
	f->refused = false;
	data = elf_file__data(f, scn, &shdr);
	strings = data ? elf_file__data(f, str_scn, &str) : NULL;
	if (f->refused)
		refuse(functions, objects);
	if (!data || !data->d_buf || !strings || !strings->d_buf || data->d_type != ELF_T_SYM)
		return;
	sections = read_sections(f);
	if (!sections)
		return;
	size_t count = data->d_size / gelf_fsize(f->elf, ELF_T_SYM, 1, EV_CURRENT);
	size_t usable = symtab__terminated(strings);
	for (size_t i = 1; i < count && i < SYMBOLS_MAX; i++) {
		GElf_Sym sym;

		if (gelf_getsym(data, (int)i, &sym) && sym.st_shndx != SHN_UNDEF &&
		    sym.st_shndx < f->sections && sym.st_name < usable &&
		    !add_one(functions, objects, &sym, (char *)strings->d_buf + sym.st_name,
			     &sections[sym.st_shndx]))
			break;
		if (!budget__ticks(&steps)) {
			refuse(functions, objects);
			break;
		}
	}
	free(sections);
}

static int compare(const void *a, const void *b)
{
	const struct elf_symbol *x = a, *y = b;

	if (x->start != y->start)
		return x->start < y->start ? -1 : 1;
	if (x->rank != y->rank)
		return x->rank > y->rank ? -1 : 1;
	/* gdb takes the last in the string table, which linkers sort: nanosleep, not its alias __nanosleep.
	 */
	return x->name == y->name ? 0 : -strncmp(x->name, y->name, NAME_COMPARED);
}

void symtab__drop_sizeless(struct symtab *t)
{
	size_t n = 0;

	for (size_t i = 0; i < t->count; i++)
		if (t->list[i].sized)
			t->list[n++] = t->list[i];
	t->count = n;
}

static bool in_order(const struct symtab *t)
{
	for (size_t i = 1; i < t->count; i++)
		if (compare(&t->list[i - 1], &t->list[i]) > 0)
			return false;
	return true;
}

static size_t digit_of(const struct elf_symbol *s, unsigned shift)
{
	return s->start >> shift & DIGIT_MAX;
}

/* By that digit; what has the same one stays in its order. */
static void distribute(const struct elf_symbol *from, struct elf_symbol *to, size_t count, unsigned shift)
{
	size_t next[DIGIT_MAX + 2] = {0};

	for (size_t i = 0; i < count; i++)
		next[digit_of(&from[i], shift) + 1]++;
	for (size_t i = 1; i <= DIGIT_MAX; i++)
		next[i] += next[i - 1];
	for (size_t i = 0; i < count; i++)
		to[next[digit_of(&from[i], shift)]++] = from[i];
}

/* The lowest digit first: glibc has 13,000 symbols, of which a sort by comparison takes 1 ms. */
static void sort_by_start(struct elf_symbol *list, struct elf_symbol *spare, size_t count)
{
	uint64_t differ = 0;

	for (size_t i = 1; i < count; i++)
		differ |= list[i].start ^ list[0].start;
	for (unsigned shift = 0; shift < 64; shift += DIGIT_BITS) {
		if (!(differ >> shift & DIGIT_MAX))
			continue;
		distribute(list, spare, count, shift);
		memcpy(list, spare, count * sizeof(*list));
	}
}

/* Few, but in a file that lies: then glibc merges in as much memory again. */
static void sort_those_of_one_start(struct elf_symbol *list, size_t count)
{
	for (size_t i = 0, same; i < count; i += same) {
		for (same = 1; i + same < count && list[i + same].start == list[i].start;)
			same++;
		if (same > 1)
			qsort(list + i, same, sizeof(*list), compare);
	}
}

static bool sort(struct symtab *t)
{
	uint64_t bytes = t->count * sizeof(*t->list), ns = COMPARE_NS;
	struct elf_symbol *spare = NULL;

	if (in_order(t))
		return true;
	for (size_t n = t->count; n > 1; n /= 2)
		ns += t->count * COMPARE_NS;
	if (!budget__has_time(ns) || !budget__take(&t->hold, bytes))
		return false;
	spare = heap__try_resize(NULL, bytes);
	if (spare)
		sort_by_start(t->list, spare, t->count);
	free(spare);
	if (spare)
		sort_those_of_one_start(t->list, t->count);
	budget__drop(&t->hold, bytes);
	return spare;
}

void symtab__finish(struct symtab *t)
{
	size_t n = 0;

	if (!t->count)
		return;
	if (!sort(t)) {
		symtab__free(t);
		t->refused = true;
		return;
	}
	for (size_t i = 0; i < t->count; i++)
		if (!n || t->list[n - 1].start != t->list[i].start)
			t->list[n++] = t->list[i];
	t->count = n;
	for (size_t i = 0; i + 1 < n; i++)
		if (!t->list[i].sized && t->list[i].end > t->list[i + 1].start)
			t->list[i].end = t->list[i + 1].start;
}

void symtab__free(struct symtab *t)
{
	for (size_t i = 0; i < t->owned_count; i++)
		free(t->owned[i]);
	free(t->owned);
	free(t->list);
	budget__drop(&t->hold, UINT64_MAX);
	memset(t, 0, sizeof(*t));
}

const struct elf_symbol *symtab__find(const struct symtab *t, uint64_t vaddr)
{
	size_t low = 0, high = t->count;

	while (low < high) {
		size_t mid = low + (high - low) / 2;

		if (t->list[mid].start <= vaddr)
			low = mid + 1;
		else
			high = mid;
	}
	const struct elf_symbol *label = NULL;
	/* A label inside a function does not hide the function. */
	for (size_t i = low; i > 0 && low - i < BACK_STEPS; i--) {
		const struct elf_symbol *s = &t->list[i - 1];

		if (s->sized)
			return vaddr < s->end ? s : label;
		if (!label && vaddr < s->end)
			label = s;
	}
	return label;
}
