// SPDX-License-Identifier: GPL-2.0-or-later
#include "collect/devices.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "thresholds.h"
#include "util/array.h"
#include "util/clock.h"
#include "util/heap.h"
#include "waits/stall.h"

#define HELD_DEVICES 16    /* looked at in one sample */
#define MOST_WRITERS 16384 /* kept of one window */

struct counted {
	struct ts_device_writer_key key;
	struct ts_device_writer w;
	bool newer; /* taken last: its name is that of now */
};

/* What was written in some seconds. */
struct window {
	struct counted *list; /* by dev, tgid */
	size_t count, room;
	uint64_t begin_ns;
	uint64_t unknown; /* bytes whose writer is not known, on any device */
};

/* A device, and how long calls on its files have waited for it, since attach. */
struct held {
	uint32_t dev;
	uint64_t ns;
	bool in_flight;
};

struct devices {
	struct probes *probes;
	struct window now, before;
	uint64_t lost;      /* as last read */
	uint64_t needed_ns; /* when a call was last held up */
	unsigned changes;
	bool watching, refused;
	struct held held[HELD_DEVICES]; /* of the last sample */
	size_t held_count;
	uint64_t sample_ns; /* when that was taken */
};

struct devices *devices__new(struct probes *p)
{
	struct devices *d = HEAP_NEW(struct devices, 1);

	d->probes = p;
	return d;
}

void devices__free(struct devices *d)
{
	if (!d)
		return;
	free(d->now.list);
	free(d->before.list);
	free(d);
}

unsigned devices__changes(const struct devices *d)
{
	return d->changes;
}

/* ---- which calls are held up ----------------------------------------------------------- */

static struct held *find_held(struct held *list, size_t count, uint32_t dev)
{
	for (size_t i = 0; i < count; i++)
		if (list[i].dev == dev)
			return &list[i];
	return NULL;
}

/* Major number 0 is not a disk: file systems in memory, of the network, in user space, and btrfs, which may
 * have several disks. */
static struct held *held_of(struct held *list, size_t *count, uint32_t dev)
{
	struct held *h = find_held(list, *count, dev);

	if (h || !(dev >> 20) || *count == HELD_DEVICES)
		return h;
	list[*count] = (struct held){.dev = dev};
	return &list[(*count)++];
}

static uint64_t for_device(const struct slow_calls *c)
{
	uint64_t sum = 0;

	for (int i = 0; i < STALL_PARTS; i++)
		if (stall__of_device((enum stall_part)i))
			sum += c->parts[i];
	return sum;
}

/* The devices of calls that wait for them, into list; those of calls in flight first. */
static size_t find_calls(const struct sample *s, struct held *list)
{
	size_t count = 0;
	struct held *h;

	for (size_t i = 0; i < s->thread_count; i++) {
		const struct sample_thread *t = &s->threads[i];

		if (!t->io_kind || !t->blocked || t->io_age_ns < NS_OF_MS(LOG_STALL_MS) ||
		    t->io_file.kind != TS_FILE_REGULAR ||
		    !stall__of_device(stall__of_stack(&t->kernel_stack)))
			continue;
		h = held_of(list, &count, t->io_file.dev);
		if (h)
			h->in_flight = true;
	}
	for (size_t i = 0; i < s->file_count; i++) {
		const struct sample_file *f = &s->files[i];
		uint64_t ns = for_device(&f->slow_writes) + for_device(&f->slow_syncs);

		h = ns && f->key.kind == TS_FILE_REGULAR ? held_of(list, &count, f->key.dev) : NULL;
		if (h)
			h->ns += ns;
	}
	return count;
}

/* Keeps those in list that hold calls up now; returns their number. */
static size_t held_now(struct devices *d, const struct sample *s, struct held *list)
{
	uint64_t enough = d->sample_ns ? (s->now_ns - d->sample_ns) * LOG_STALL_PERCENT / 100 : UINT64_MAX;
	size_t count = find_calls(s, list), kept = 0;
	struct held all[HELD_DEVICES];

	memcpy(all, list, count * sizeof(*all));
	for (size_t i = 0; i < count; i++) {
		const struct held *last = find_held(d->held, d->held_count, all[i].dev);

		if (all[i].in_flight || gained_since(all[i].ns, last ? last->ns : 0) >= enough)
			list[kept++] = all[i];
	}
	memcpy(d->held, all, count * sizeof(*all));
	d->held_count = count;
	d->sample_ns = s->now_ns;
	return kept;
}

/* ---- what is written ------------------------------------------------------------------- */

static int by_key(const void *a, const void *b)
{
	const struct counted *x = a, *y = b;

	if (x->key.dev != y->key.dev)
		return x->key.dev < y->key.dev ? -1 : 1;
	if (x->key.tgid != y->key.tgid)
		return x->key.tgid < y->key.tgid ? -1 : 1;
	return x->newer - y->newer;
}

static void take_row(void *arg, const struct ts_device_writer_key *k, const struct ts_device_writer *w)
{
	struct devices *d = arg;

	if (d->now.count >= MOST_WRITERS)
		d->now.unknown += w->bytes;
	else
		*ARRAY_ADD(d->now.list, d->now.count, d->now.room) =
			(struct counted){.key = *k, .w = *w, .newer = true};
}

/* One row for each process and device, with its latest name. */
static void merge(struct window *w)
{
	size_t kept = 0;

	if (w->count)
		qsort(w->list, w->count, sizeof(*w->list), by_key);
	for (size_t i = 0; i < w->count; i++) {
		struct counted *last = kept ? &w->list[kept - 1] : NULL;

		if (last && !memcmp(&last->key, &w->list[i].key, sizeof(last->key))) {
			uint64_t bytes = last->w.bytes;

			last->w = w->list[i].w;
			last->w.bytes += bytes;
		} else {
			w->list[kept++] = w->list[i];
		}
		w->list[kept - 1].newer = false;
	}
	w->count = kept;
}

static void begin_window(struct window *w, uint64_t now_ns)
{
	w->count = 0;
	w->unknown = 0;
	w->begin_ns = now_ns;
}

/* What was written since the last sample. */
static void take(struct devices *d, uint64_t now_ns)
{
	uint64_t lost = probes__lost_device_bytes(d->probes);

	if (now_ns - d->now.begin_ns >= NS_OF_S(DEVICE_WRITERS_S)) {
		const struct window spare = d->before;

		d->before = d->now;
		d->now = spare;
		begin_window(&d->now, now_ns);
	}
	d->now.unknown += gained_since(lost, d->lost);
	d->lost = lost;
	if (!probes__take_device_writers(d->probes, take_row, d))
		merge(&d->now);
}

static void stop(struct devices *d)
{
	probes__unwatch_devices(d->probes);
	d->watching = false;
	d->changes++;
}

/* Returns whether there is a count of some time. */
static bool count_writers(struct devices *d, uint64_t now_ns, bool needed)
{
	if (needed)
		d->needed_ns = now_ns;
	if (d->watching) {
		take(d, now_ns);
		if (now_ns - d->needed_ns >= NS_OF_S(DEVICE_UNNEEDED_S))
			stop(d);
		return d->watching;
	}
	if (!needed || d->refused)
		return false;
	d->refused = probes__watch_devices(d->probes);
	d->watching = !d->refused;
	d->changes += d->watching;
	begin_window(&d->now, now_ns);
	begin_window(&d->before, now_ns);
	d->lost = 0;
	return false;
}

/* ---- the disk of a device -------------------------------------------------------------- */

#define SYSFS_PATH 64

/* Of a part of a disk, the disk; else itself. 0: unknown. */
static uint32_t disk_of(uint32_t dev)
{
	char path[SYSFS_PATH];
	unsigned major = dev >> 20, minor = dev & 0xfffff, of_major = 0, of_minor = 0;
	FILE *f;
	int got;

	snprintf(path, sizeof(path), "/sys/dev/block/%u:%u/partition", major, minor);
	if (access(path, F_OK)) {
		*strrchr(path, '/') = '\0';
		return access(path, F_OK) ? 0 : dev;
	}
	snprintf(path, sizeof(path), "/sys/dev/block/%u:%u/../dev", major, minor);
	f = fopen(path, "re");
	if (!f)
		return 0;
	got = fscanf(f, "%u:%u", &of_major, &of_minor);
	fclose(f);
	return got == 2 ? of_major << 20 | of_minor : 0;
}

/* "sda": what its link in sysfs ends in. NULL: not known. */
static const char *disk_name(struct arena *a, uint32_t disk)
{
	char path[SYSFS_PATH], target[256];
	ssize_t length;

	snprintf(path, sizeof(path), "/sys/dev/block/%u:%u", disk >> 20, disk & 0xfffff);
	length = readlink(path, target, sizeof(target) - 1);
	if (length <= 0)
		return NULL;
	target[length] = '\0';
	return strrchr(target, '/') ? arena__string(a, strrchr(target, '/') + 1) : NULL;
}

/* ---- who writes most ------------------------------------------------------------------- */

static int by_process(const void *a, const void *b)
{
	const struct counted *x = a, *y = b;

	if (x->key.tgid != y->key.tgid)
		return x->key.tgid < y->key.tgid ? -1 : 1;
	return x->newer - y->newer;
}

/* The rows of a disk in both windows, by process, those of now last. Returns their number. */
static size_t of_disk(const struct devices *d, uint32_t disk, struct counted *list)
{
	const struct window *const windows[] = {&d->before, &d->now};
	uint32_t dev = 0;
	size_t count = 0;
	bool on_it = false;

	for (size_t k = 0; k < 2; k++)
		for (size_t i = 0; i < windows[k]->count; i++) {
			const struct counted *c = &windows[k]->list[i];

			if (c->key.dev != dev)
				on_it = disk_of(dev = c->key.dev) == disk;
			if (!on_it)
				continue;
			list[count] = *c;
			list[count++].newer = k;
		}
	if (count)
		qsort(list, count, sizeof(*list), by_process);
	return count;
}

/* Fills all but the names of r. False: nobody is known to have written most. */
static bool find_writer(const struct devices *d, const struct counted *list, size_t count,
			struct sample_device *r, const char **ret_comm)
{
	uint64_t unknown = d->before.unknown + d->now.unknown, bytes = 0;

	for (size_t i = 0; i < count; i++) {
		bytes = i && list[i].key.tgid == list[i - 1].key.tgid ? bytes : 0;
		bytes += list[i].w.bytes;
		if (!list[i].key.tgid) {
			unknown += list[i].w.bytes;
			continue;
		}
		r->all_bytes += list[i].w.bytes;
		if (bytes <= r->bytes)
			continue;
		r->bytes = bytes;
		r->pid = (pid_t)list[i].w.pid;
		*ret_comm = list[i].w.comm;
	}
	return r->pid && r->bytes > unknown &&
	       (double)r->bytes >= (double)r->over_ns / 1e9 * DEVICE_WRITER_BYTES_PER_S;
}

static void add_device(const struct devices *d, struct sample *s, uint32_t dev)
{
	struct sample_device *r = &s->devices[s->device_count];
	struct counted *list = HEAP_NEW(struct counted, d->before.count + d->now.count + 1);
	uint32_t disk = disk_of(dev);
	const char *comm = "";

	*r = (struct sample_device){.dev = dev, .over_ns = s->now_ns - d->before.begin_ns};
	if (disk && r->over_ns && find_writer(d, list, of_disk(d, disk, list), r, &comm)) {
		r->disk = disk_name(&s->arena, disk);
		r->comm = arena__format(&s->arena, "%.*s", TS_COMM_LEN, comm);
		s->device_count++;
	}
	free(list);
}

void devices__find(struct devices *d, struct sample *s)
{
	struct held held[HELD_DEVICES];
	size_t count = held_now(d, s, held);

	if (!count_writers(d, s->now_ns, count) || !count)
		return;
	s->devices = HEAP_NEW(struct sample_device, count);
	for (size_t i = 0; i < count; i++)
		add_device(d, s, held[i].dev);
}
