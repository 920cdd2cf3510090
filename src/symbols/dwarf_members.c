/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Untrusted: every walk is bounded, and no entry is followed into another file. */
#include "symbols/dwarf_members.h"

#include <dwarf.h>
#include <stdio.h>
#include <string.h>

#include "symbols/dwarf_units.h"

#define UNITS_MAX   65536
#define ENTRIES_MAX 200000 /* of a unit or a structure */
#define PEEL_MAX    8      /* names of a type for another one */
#define NESTING_MAX 8      /* structures in structures */

/* "k8s.io/klog/v2" of "k8s.io/klog/v2.logging": up to the dot behind the last slash. */
static size_t package_length(const char *name)
{
	const char *receiver = strchr(name, '('), *slash = NULL, *dot;

	for (const char *p = name; *p && p != receiver; p++)
		slash = *p == '/' ? p : slash;
	dot = strchr(slash ? slash : name, '.');
	return dot ? (size_t)(dot - name) : 0;
}

static bool find_unit(Dwarf *dwarf, const char *name, Dwarf_Die *ret)
{
	size_t length = package_length(name), header;
	Dwarf_Off at = 0, next;
	Dwarf_Half version;

	if (!length)
		return false;
	for (unsigned i = 0; i < UNITS_MAX && ((i & 63) || budget__has_time(0)); i++, at = next) {
		const char *text;

		if (dwarf_next_unit(dwarf, at, &next, &header, &version, NULL, NULL, NULL, NULL, NULL))
			return false;
		if (!dwarf_offdie(dwarf, at + header, ret) || dwarf_tag(ret) != DW_TAG_compile_unit)
			continue;
		text = dwarf_units__text(ret, DW_AT_name);
		if (text && strlen(text) == length && !memcmp(text, name, length))
			return true;
	}
	return false;
}

static bool find_child(Dwarf_Die *parent, int tag, const char *name, Dwarf_Die *ret)
{
	int err = dwarf_child(parent, ret);

	for (unsigned i = 0; !err && i < ENTRIES_MAX && ((i & 63) || budget__has_time(0));
	     i++, err = dwarf_siblingof(ret, ret)) {
		const char *text = dwarf_tag(ret) == tag ? dwarf_units__text(ret, DW_AT_name) : NULL;

		if (text && (!name || !strcmp(text, name)))
			return true;
	}
	return false;
}

static bool type_of(Dwarf_Die *die, Dwarf_Die *ret)
{
	Dwarf_Attribute attribute;

	if (!dwarf_attr(die, DW_AT_type, &attribute) || !dwarf_formref_die(&attribute, ret))
		return false;
	for (int i = 0; i < PEEL_MAX && dwarf_tag(ret) == DW_TAG_typedef; i++) {
		Dwarf_Die named = *ret;

		if (!dwarf_attr(&named, DW_AT_type, &attribute) || !dwarf_formref_die(&attribute, ret))
			return false;
	}
	return true;
}

static bool number_of(Dwarf_Die *die, unsigned attribute, uint64_t *ret)
{
	Dwarf_Attribute found;
	Dwarf_Word value;

	if (!dwarf_attr(die, attribute, &found) || dwarf_formudata(&found, &value))
		return false;
	*ret = value;
	return true;
}

/* The member that covers offset. */
static bool find_member(Dwarf_Die *structure, uint64_t offset, Dwarf_Die *ret, uint64_t *ret_start)
{
	int err = dwarf_child(structure, ret);
	Dwarf_Die type;
	uint64_t bytes;

	for (int i = 0; !err && i < ENTRIES_MAX; i++, err = dwarf_siblingof(ret, ret))
		if (dwarf_tag(ret) == DW_TAG_member &&
		    number_of(ret, DW_AT_data_member_location, ret_start) && *ret_start <= offset &&
		    type_of(ret, &type) && number_of(&type, DW_AT_byte_size, &bytes) &&
		    offset - *ret_start < bytes)
			return true;
	return false;
}

static bool is_lock(Dwarf_Die *type)
{
	const char *name = dwarf_units__text(type, DW_AT_name);

	return name && (!strcmp(name, "sync.Mutex") || !strcmp(name, "sync.RWMutex") ||
			!strcmp(name, "sync.WaitGroup") || !strcmp(name, "internal/poll.fdMutex"));
}

/* Appends ".mu" for each structure down to the lock. False: no member begins at the offset. */
static bool append_members(Dwarf_Die *type, uint64_t offset, char *buf, size_t size)
{
	for (int i = 0; i < NESTING_MAX; i++) {
		size_t used = strlen(buf);
		Dwarf_Die member;
		const char *name;
		uint64_t start;

		if (is_lock(type))
			return offset == 0;
		if (dwarf_tag(type) != DW_TAG_structure_type || !find_member(type, offset, &member, &start))
			return false;
		name = dwarf_units__text(&member, DW_AT_name);
		if (!name || !type_of(&member, type))
			return false;
		snprintf(buf + used, size - used, ".%s", name);
		offset -= start;
	}
	return false;
}

bool dwarf_members__of_variable(Dwarf *dwarf, const char *variable, uint64_t offset, char *buf, size_t size)
{
	Dwarf_Die unit, die, type;

	if (!find_unit(dwarf, variable, &unit) || !find_child(&unit, DW_TAG_variable, variable, &die) ||
	    !type_of(&die, &type))
		return false;
	snprintf(buf, size, "%s", variable);
	return append_members(&type, offset, buf, size);
}

bool dwarf_members__of_receiver(Dwarf *dwarf, const char *method, uint64_t offset, char *buf, size_t size)
{
	Dwarf_Die unit, function, receiver, type;
	Dwarf_Attribute attribute;
	const char *name;

	if (!strstr(method, ".(*") || !find_unit(dwarf, method, &unit) ||
	    !find_child(&unit, DW_TAG_subprogram, method, &function) ||
	    !find_child(&function, DW_TAG_formal_parameter, NULL, &receiver) || !type_of(&receiver, &type) ||
	    dwarf_tag(&type) != DW_TAG_pointer_type || !dwarf_attr(&type, DW_AT_type, &attribute) ||
	    !dwarf_formref_die(&attribute, &type))
		return false;
	name = dwarf_units__text(&type, DW_AT_name);
	if (!name)
		return false;
	snprintf(buf, size, "%s", name);
	for (int i = 0; i < PEEL_MAX && dwarf_tag(&type) == DW_TAG_typedef; i++) {
		Dwarf_Die named = type;

		if (!type_of(&named, &type))
			return false;
	}
	return append_members(&type, offset, buf, size);
}
