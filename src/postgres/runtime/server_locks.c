// SPDX-License-Identifier: GPL-2.0-or-later
#include "postgres/runtime/server_locks.h"

#include <errno.h>
#include <string.h>

#include "symbols/mapped_file.h"
#include "symbols/symtab.h"
#include "util/text.h"

#define LIST_MAX 1024 /* backends at one lock that are looked at */
#define MODES    8

/* struct PGPROC. waitLock is followed by waitProcLock and waitLockMode. */
struct record_layout {
	unsigned pid, wait_lock;
};
static const struct record_layout LAYOUTS[] = {
	{52, 96},  /* 13 */
	{64, 112}, /* 14, 15, 16 */
	{60, 112}, /* 17, 18 */
};
#define LAYOUT_COUNT (sizeof(LAYOUTS) / sizeof(LAYOUTS[0]))
#define RECORD_BYTES 136

/* struct LOCK: the heads of its two lists. struct PROCLOCK: a backend at a lock, and its node in the first
 * list. A node is the addresses of the previous and the next one; that in the second list begins PGPROC. */
#define LOCK_HOLDERS  24
#define LOCK_QUEUE    40
#define LOCK_BYTES    56
#define HOLDER_NODE   32
#define HOLDER_BYTES  48
#define NEXT          8
#define PROC_OF(h)    word_at((h), 8)
#define GROUP_OF(h)   word_at((h), 16)
#define MODES_HELD(h) number_at((h), 24)

/* The modes that exclude each mode: LockConflicts in src/backend/storage/lmgr/lock.c. */
#define UP_FROM(m) (0x1feu & ~((1u << (m)) - 1))
static const uint32_t EXCLUDES[MODES + 1] = {
	[1] = 1u << 8,
	[2] = 1u << 7 | 1u << 8,
	[3] = UP_FROM(5),
	[4] = UP_FROM(4),
	[5] = UP_FROM(3) & ~(1u << 5),
	[6] = UP_FROM(3),
	[7] = UP_FROM(2),
	[8] = UP_FROM(1),
};

static uint64_t word_at(const unsigned char *b, unsigned offset)
{
	uint64_t v;

	memcpy(&v, b + offset, sizeof(v));
	return v;
}

static uint32_t number_at(const unsigned char *b, unsigned offset)
{
	uint32_t v;

	memcpy(&v, b + offset, sizeof(v));
	return v;
}

static bool read_all(const struct process *p, uint64_t address, void *buf, size_t len)
{
	return address && process__read(p, address, buf, len) == (ssize_t)len;
}

/* ---- which backend a process is ---------------------------------------------------- */

static const struct mapping *find_program(const struct process *p, const struct mappings *maps)
{
	const char *exe = process__exe(p), *name = path_basename(exe);

	if (strcmp(name, "postgres") != 0 && strcmp(name, "edb-postgres") != 0)
		return NULL;
	for (size_t i = 0; i < maps->count; i++)
		if (!maps->list[i].offset && !strcmp(maps->list[i].path, exe))
			return &maps->list[i];
	return NULL;
}

static int find_variable(struct elf_file *f, void *arg)
{
	uint64_t *record = arg;
	struct symtab functions = {0}, objects = {0};
	uint64_t start;

	if (mapped_file__start(f, &start)) {
		symtab__add(&functions, &objects, f, SHT_DYNSYM);
		for (size_t i = 0; i < objects.count && !*record; i++)
			if (!strcmp(objects.list[i].name, "MyProc"))
				*record = objects.list[i].start - start;
	}
	symtab__free(&functions);
	symtab__free(&objects);
	return 0;
}

static bool known_program(struct server_program *program, const struct process *p, const struct mapping *m)
{
	if (program->inode != m->inode || program->dev_major != m->dev_major ||
	    program->dev_minor != m->dev_minor) {
		*program = (struct server_program){
			.inode = m->inode, .dev_major = m->dev_major, .dev_minor = m->dev_minor};
		mapped_file__read(p, m, find_variable, &program->record, sizeof(program->record));
	}
	return program->record;
}

/* A backend that waits has a record that proves its layout: its own PID, and the address of what says that it
 * is at the lock, which has both addresses again. */
static bool proves(const struct process *p, const unsigned char *record, uint64_t address, pid_t ns_pid,
		   const struct record_layout *l)
{
	unsigned char at_lock[HOLDER_BYTES];
	uint64_t lock = word_at(record, l->wait_lock);

	return (pid_t)number_at(record, l->pid) == ns_pid && lock &&
	       read_all(p, word_at(record, l->wait_lock + 8), at_lock, sizeof(at_lock)) &&
	       word_at(at_lock, 0) == lock && PROC_OF(at_lock) == address;
}

int server_locks__backend(struct server_program *program, const struct process *p,
			  const struct mappings *maps, struct backend *ret)
{
	const struct mapping *m = find_program(p, maps);
	unsigned char record[RECORD_BYTES];
	unsigned found = 0;

	*ret = (struct backend){0};
	if (!m || !known_program(program, p, m))
		return -ENOENT;
	if (!read_all(p, m->start + program->record, &ret->record, sizeof(ret->record)) ||
	    !read_all(p, ret->record, record, sizeof(record)))
		return -EAGAIN;
	for (unsigned i = 0; i < LAYOUT_COUNT; i++)
		if (proves(p, record, ret->record, process__ns_pid(p), &LAYOUTS[i])) {
			ret->layout = i;
			found++;
		}
	return found == 1 ? 0 : -EAGAIN;
}

/* ---- who blocks it ----------------------------------------------------------------- */

struct wait {
	uint64_t lock, group;
	uint32_t mode;
};

static int read_wait(const struct process *p, const struct backend *b, struct wait *ret)
{
	const struct record_layout *l = &LAYOUTS[b->layout];
	unsigned char record[RECORD_BYTES], at_lock[HOLDER_BYTES];

	if (!read_all(p, b->record, record, sizeof(record)))
		return -EAGAIN;
	*ret = (struct wait){.lock = word_at(record, l->wait_lock),
			     .mode = number_at(record, l->wait_lock + 16)};
	if (!ret->lock)
		return -ENODATA;
	if (!read_all(p, word_at(record, l->wait_lock + 8), at_lock, sizeof(at_lock)) ||
	    word_at(at_lock, 0) != ret->lock || PROC_OF(at_lock) != b->record || !ret->mode ||
	    ret->mode > MODES)
		return -EAGAIN;
	ret->group = GROUP_OF(at_lock);
	return 0;
}

static bool read_pid(const struct process *p, const struct backend *b, pid_t *ret)
{
	uint32_t pid;

	if (!read_all(p, b->record + LAYOUTS[b->layout].pid, &pid, sizeof(pid)) || pid > INT32_MAX)
		return false;
	*ret = (pid_t)pid;
	return true;
}

static void take(struct lock_blocker *to, uint64_t record, unsigned layout)
{
	if (!to->count++)
		to->backend = (struct backend){record, layout};
}

/* Members of one group (the workers of a parallel query) do not exclude each other. */
static int find_holder(const struct process *p, const struct backend *b, const struct wait *w, uint64_t first,
		       struct lock_blocker *to)
{
	uint64_t head = w->lock + LOCK_HOLDERS, node = first;

	for (size_t i = 0; node != head; i++) {
		unsigned char holder[HOLDER_BYTES];

		if (i == LIST_MAX || !read_all(p, node - HOLDER_NODE, holder, sizeof(holder)) ||
		    word_at(holder, 0) != w->lock)
			return -EAGAIN;
		if (MODES_HELD(holder) & EXCLUDES[w->mode] && GROUP_OF(holder) != w->group &&
		    PROC_OF(holder) != b->record)
			take(to, PROC_OF(holder), b->layout);
		node = word_at(holder, HOLDER_NODE + NEXT);
	}
	to->holds = to->count > 0;
	return 0;
}

static int find_ahead(const struct process *p, const struct backend *b, const struct wait *w, uint64_t first,
		      struct lock_blocker *to)
{
	uint64_t head = w->lock + LOCK_QUEUE, node = first;

	for (size_t i = 0; node != head && node != b->record; i++) {
		struct backend other = {node, b->layout};
		struct wait at;
		uint64_t next;

		if (i == LIST_MAX || read_wait(p, &other, &at) || at.lock != w->lock ||
		    !read_all(p, node + NEXT, &next, sizeof(next)))
			return -EAGAIN;
		if (EXCLUDES[w->mode] & 1u << at.mode && at.group != w->group)
			take(to, node, b->layout);
		node = next;
	}
	return 0;
}

int server_locks__blocker(const struct process *p, const struct backend *waiter, struct lock_blocker *ret)
{
	unsigned char lock[LOCK_BYTES];
	struct wait before, after;
	int err = read_wait(p, waiter, &before);

	*ret = (struct lock_blocker){0};
	if (err)
		return err;
	if (!read_all(p, before.lock, lock, sizeof(lock)))
		return -EAGAIN;
	err = find_holder(p, waiter, &before, word_at(lock, LOCK_HOLDERS + NEXT), ret);
	if (!err && !ret->count)
		err = find_ahead(p, waiter, &before, word_at(lock, LOCK_QUEUE + NEXT), ret);
	if (err)
		return err;
	/* Nothing was stopped: what was read holds if the wait is the same one. */
	if (!ret->count || !read_pid(p, &ret->backend, &ret->ns_pid) || read_wait(p, waiter, &after) ||
	    after.lock != before.lock || after.mode != before.mode)
		return -EAGAIN;
	return 0;
}
