/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "go/runtime/pclntab.h"

#define TABLE_MAX      (1ull << 30) /* bytes: no linker writes a larger one */
#define PCVALUE_STEPS  (1u << 20)
#define PCDATA_INLINED 2         /* abi.PCDATA_InlTreeIndex */
#define FUNCDATA_TREE  3         /* abi.FUNCDATA_InlTree */
#define TREE_MAX       (1 << 20) /* entries: the runtime's own limit */

static bool read_slice(const uint8_t *raw, int32_t offset, uint64_t size, struct go_slice *ret)
{
	ret->address = raw_u64(raw, offset);
	ret->len = raw_u64(raw, offset + 8);
	return ret->address && ret->len <= TABLE_MAX / size && ret->address + ret->len * size > ret->address;
}

static uint64_t ftab_entry_bytes(const struct go_module *m)
{
	return m->layout->minor >= 18 ? 8 : 16;
}

bool go_module__read(struct go_module *m, const struct go_layout *l, const struct go_memory *memory,
		     struct go_cache *cache, uint64_t address, uint64_t pclntab)
{
	uint8_t raw[1024], header[16];

	*m = (struct go_module){.layout = l, .cache = cache};
	if ((size_t)l->off[GO_sizeof_moduledata] > sizeof(raw) ||
	    !go_memory__read(memory, address, raw, (size_t)l->off[GO_sizeof_moduledata]) ||
	    raw_u64(raw, l->off[GO_moduledata_pcHeader]) != pclntab ||
	    !go_memory__read(memory, pclntab, header, sizeof(header)))
		return false;
	if (!read_slice(raw, l->off[GO_moduledata_funcnametab], 1, &m->funcnametab) ||
	    !read_slice(raw, l->off[GO_moduledata_cutab], 4, &m->cutab) ||
	    !read_slice(raw, l->off[GO_moduledata_filetab], 1, &m->filetab) ||
	    !read_slice(raw, l->off[GO_moduledata_pctab], 1, &m->pctab) ||
	    !read_slice(raw, l->off[GO_moduledata_pclntable], 1, &m->pclntable) ||
	    !read_slice(raw, l->off[GO_moduledata_ftab], ftab_entry_bytes(m), &m->ftab))
		return false;
	m->text = raw_u64(raw, l->off[GO_moduledata_text]);
	m->etext = raw_u64(raw, l->off[GO_moduledata_etext]);
	m->minpc = raw_u64(raw, l->off[GO_moduledata_minpc]);
	m->maxpc = raw_u64(raw, l->off[GO_moduledata_maxpc]);
	m->data = raw_u64(raw, l->off[GO_moduledata_data]);
	m->edata = raw_u64(raw, l->off[GO_moduledata_edata]);
	m->bss = raw_u64(raw, l->off[GO_moduledata_bss]);
	m->ebss = raw_u64(raw, l->off[GO_moduledata_ebss]);
	m->noptrdata = raw_u64(raw, l->off[GO_moduledata_noptrdata]);
	m->noptrbss = raw_u64(raw, l->off[GO_moduledata_noptrbss]);
	m->enoptrbss = raw_u64(raw, l->off[GO_moduledata_enoptrbss]);
	m->gofunc = l->off[GO_moduledata_gofunc] < 0 ? 0 : raw_u64(raw, l->off[GO_moduledata_gofunc]);
	m->quantum = header[6];
	m->next = raw_u64(raw, l->off[GO_moduledata_next]);
	m->address = address;
	return m->ftab.len >= 2 && m->minpc < m->maxpc && m->text <= m->minpc && m->data < m->edata &&
	       m->bss <= m->ebss && (m->quantum == 1 || m->quantum == 4);
}

/* ---- functions ------------------------------------------------------------------- */

/* Entry i of ftab: the start of the function, and the offset of its description in pclntable. */
static bool ftab_entry(const struct go_module *m, uint64_t i, uint64_t *ret_entry, uint64_t *ret_func)
{
	uint8_t raw[16];
	uint64_t size = ftab_entry_bytes(m);

	if (!go_cache__read(m->cache, m->ftab.address + i * size, raw, (size_t)size))
		return false;
	*ret_entry = size == 8 ? m->text + raw_u32(raw, 0) : raw_u64(raw, 0);
	*ret_func = size == 8 ? raw_u32(raw, 4) : raw_u64(raw, 8);
	return true;
}

static bool read_function(const struct go_module *m, uint64_t offset, struct go_function *ret)
{
	const struct go_layout *l = m->layout;
	int32_t size = l->off[GO_sizeof__func];
	bool entry_is_word = l->minor < 18; /* then it is 8 bytes, and the name follows it */
	uint8_t raw[64];

	if (size > (int32_t)sizeof(raw) || offset > m->pclntable.len ||
	    m->pclntable.len - offset < (uint64_t)size)
		return false;
	ret->address = m->pclntable.address + offset;
	if (!go_cache__read(m->cache, ret->address, raw, (size_t)size))
		return false;
	ret->name = raw_u32(raw, entry_is_word ? 8 : 4);
	ret->pcsp = raw_u32(raw, l->off[GO__func_pcsp]);
	ret->pcfile = raw_u32(raw, l->off[GO__func_pcfile]);
	ret->pcln = raw_u32(raw, l->off[GO__func_pcln]);
	ret->pcdata_count = raw_u32(raw, l->off[GO__func_npcdata]);
	ret->args = raw_u32(raw, l->off[GO__func_args]);
	ret->cu = raw_u32(raw, l->off[GO__func_cuOffset]);
	ret->id = raw[l->off[GO__func_funcID]];
	ret->flag = raw[l->off[GO__func_flag]];
	ret->funcdata_count = raw[l->off[GO__func_nfuncdata]];
	return true;
}

bool go_module__function(const struct go_module *m, uint64_t pc, struct go_function *ret)
{
	uint64_t low = 0, high = m->ftab.len - 1,
		 func; /* the last entry only marks the end of the previous one */

	if (pc < m->minpc || pc >= m->maxpc)
		return false;
	while (low < high) { /* the first that begins after pc */
		uint64_t middle = low + (high - low) / 2, entry;

		if (!ftab_entry(m, middle, &entry, &func))
			return false;
		if (entry > pc)
			high = middle;
		else
			low = middle + 1;
	}
	if (!low || !ftab_entry(m, low, &ret->end, &func) || !ftab_entry(m, low - 1, &ret->entry, &func) ||
	    ret->entry > pc)
		return false;
	return read_function(m, func, ret);
}

uint64_t go_module__name(const struct go_module *m, uint32_t offset)
{
	return offset && offset < m->funcnametab.len ? m->funcnametab.address + offset : 0;
}

/* ---- tables of pc to value --------------------------------------------------------- */

static bool read_varint(const struct go_module *m, uint64_t *at, uint64_t end, uint32_t *ret)
{
	uint32_t v = 0;

	for (unsigned shift = 0; shift < 35; shift += 7) {
		const uint8_t *byte;

		if (*at >= end || !go_cache__bytes(m->cache, *at, &byte))
			return false;
		(*at)++;
		v |= (uint32_t)(*byte & 0x7f) << (shift & 31);
		if (!(*byte & 0x80)) {
			*ret = v;
			return true;
		}
	}
	return false;
}

bool go_module__value(const struct go_module *m, const struct go_function *f, uint32_t table, uint64_t pc,
		      int32_t *ret)
{
	uint64_t at = m->pctab.address + table, end = m->pctab.address + m->pctab.len, here = f->entry;
	uint32_t value = UINT32_MAX; /* -1 */

	if (!table || table >= m->pctab.len)
		return false;
	for (uint32_t step = 0; step < PCVALUE_STEPS; step++) {
		uint32_t change, distance;

		if (!read_varint(m, &at, end, &change) || (!change && step) ||
		    !read_varint(m, &at, end, &distance))
			return false;
		value += change & 1 ? ~(change >> 1) : change >> 1;
		here += (uint64_t)distance * m->quantum;
		if (pc < here) {
			*ret = (int32_t)value;
			return true;
		}
	}
	return false;
}

int go_module__line(const struct go_module *m, const struct go_function *f, uint64_t pc, uint64_t *ret_file)
{
	int32_t file, line;
	uint32_t offset;
	uint64_t index;

	*ret_file = 0;
	if (!go_module__value(m, f, f->pcfile, pc, &file) || !go_module__value(m, f, f->pcln, pc, &line) ||
	    file < 0 || line < 0)
		return 0;
	index = (uint64_t)f->cu + (uint32_t)file;
	if (index >= m->cutab.len || !go_cache__read(m->cache, m->cutab.address + index * 4, &offset, 4))
		return 0;
	if (offset >= m->filetab.len)
		return 0;
	*ret_file = m->filetab.address + offset;
	return line;
}

/* ---- inlined calls ------------------------------------------------------------------ */

/* Address of the function's tree of inlined calls, 0 if it has none. */
static uint64_t inline_tree(const struct go_module *m, const struct go_function *f)
{
	uint64_t at = f->address + (uint64_t)m->layout->off[GO_sizeof__func] + (uint64_t)f->pcdata_count * 4;
	uint32_t offset;
	uint64_t address;

	if (f->funcdata_count <= FUNCDATA_TREE || f->pcdata_count > 256)
		return 0;
	if (m->layout->minor < 18) { /* pointers, aligned */
		at = (at + 7) & ~(uint64_t)7;
		return go_cache__read(m->cache, at + FUNCDATA_TREE * 8, &address, 8) ? address : 0;
	}
	if (!go_cache__read(m->cache, at + FUNCDATA_TREE * 4, &offset, 4) || offset == UINT32_MAX)
		return 0;
	return m->gofunc + offset;
}

bool go_module__inlined(const struct go_module *m, const struct go_function *f, uint64_t pc,
			struct go_inlined *ret)
{
	int32_t size = m->layout->off[GO_sizeof_inlinedCall], index;
	uint32_t table;
	uint64_t tree;
	uint8_t raw[32];

	if (f->pcdata_count <= PCDATA_INLINED ||
	    !go_cache__read(m->cache,
			    f->address + (uint64_t)m->layout->off[GO_sizeof__func] + PCDATA_INLINED * 4,
			    &table, 4) ||
	    !go_module__value(m, f, table, pc, &index) || index < 0 || index >= TREE_MAX)
		return false;
	tree = inline_tree(m, f);
	if (!tree || !go_cache__read(m->cache, tree + (uint64_t)index * (uint32_t)size, raw, (size_t)size))
		return false;
	if (m->layout->minor >= 20) /* {funcID u8, 3 bytes, nameOff, parentPc, startLine} */
		*ret = (struct go_inlined){raw_u32(raw, 4), raw[0], f->entry + raw_u32(raw, 8)};
	else /* {parent i16, funcID u8, 1 byte, file, line, func, parentPc} */
		*ret = (struct go_inlined){raw_u32(raw, 12), raw[2], f->entry + raw_u32(raw, 16)};
	return true;
}
