/* SPDX-License-Identifier: GPL-2.0-or-later */
/* The parts of a function's name, of C, C++, Rust, Go and Java. Pure. */
#ifndef TS_WAITS_NAME_PARTS_H
#define TS_WAITS_NAME_PARTS_H

/* Of a name; from == to: the name has no such part. */
struct name_part {
	const char *from, *to;
};

struct name_parts {
	struct name_part type;     /* of a method: "(*DB)", "Mutex<T>", "<crate::Pool as Trait>" */
	struct name_part function; /* without arguments: "lock", "acquire" */
};

/* Of the innermost function that has a name: that of a closure is the one around it. Packages, modules,
 * namespaces and crates belong to neither: they may be called anything ("rocksdb::block_cache",
 * "spinlock_free_queue"). A type is known by its capital or by its form; without one, it cannot be told from
 * a namespace. */
struct name_parts name_parts__of(const char *name);

#endif
