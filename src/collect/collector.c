// SPDX-License-Identifier: GPL-2.0-or-later
/* Beginning and end of a collector, the kernel side's events, and what is asked for beside a sample. */
#include "collect/collector.h"

#include <stdlib.h>

#include "collect/collector_private.h"
#include "symbols/parser.h"
#include "target/open_helper.h"
#include "util/heap.h"

void collector__start_readers(void)
{
	parser__separate();
}

void collector__end_readers(void)
{
	parser__end();
	open_helper__stop();
}

struct collector *collector__new(struct probes *p, const struct collector_options *o)
{
	struct collector *c = HEAP_NEW(struct collector, 1);

	collector__start_readers();
	c->probes = p;
	c->options = *o;
	c->targets = targets__new(o->lines);
	c->locks = locks__new(c->targets);
	c->names = file_names__new(c->targets);
	c->walks = walks__new(c->targets);
	c->kernel = kernel_names__new(p);
	c->mapped = o->mapped_files ? mapped_files__new() : NULL;
	c->python = python_stacks__new(c->targets);
	c->ruby = ruby_stacks__new(c->targets);
	c->go = go_live__new(p, c->targets);
	c->java = java_threads__new(c->targets);
	c->servers = server_waits__new(c->targets);
	c->stacks = stacks__new(p, c->targets);
	c->sockets = socket_waits__new(p);
	c->links = links__new(c->targets, p);
	c->devices = devices__new(p);
	c->writers = pid_table__new(sizeof(enum line_writers), NULL);
	c->comms = pid_table__new(TS_COMM_LEN + 1, NULL);
	c->origins = o->origins ? origins__new(c->targets, o->every_process) : NULL;
	return c;
}

void collector__take_ages(struct collector *c, const struct collector *from)
{
	links__take_ages(c->links, from->links);
}

void collector__free(struct collector *c)
{
	if (!c)
		return;
	go_live__free(c->go);
	python_stacks__free(c->python);
	ruby_stacks__free(c->ruby);
	java_threads__free(c->java);
	server_waits__free(c->servers);
	socket_waits__free(c->sockets);
	links__free(c->links);
	devices__free(c->devices);
	walks__free(c->walks);
	u64_table__free(&c->blocked);
	kernel_names__free(c->kernel);
	stacks__free(c->stacks);
	file_names__free(c->names);
	mapped_files__free(c->mapped);
	locks__free(c->locks);
	targets__free(c->targets);
	pid_table__free(c->writers);
	pid_table__free(c->comms);
	origins__free(c->origins);
	timed_calls__free(&c->calls);
	free(c->ended);
	free(c->creator_keys);
	free(c);
}

/* ---- events ----------------------------------------------------------------------- */

struct forward {
	struct collector *c;
	event_fn fn;
	void *arg;
};

static void on_event(void *arg, const struct ts_event *e, size_t size)
{
	struct forward *f = arg;

	switch (e->kind) {
	case TS_EVENT_STACK:
	case TS_EVENT_STACK_RAW:
		if (!f->c->options.every_process)
			stacks__event(f->c->stacks, e, size);
		break;
	case TS_EVENT_FILE:
		file_names__event(f->c->names, e, size);
		break;
	case TS_EVENT_PROCESS:
		if (size >= sizeof(struct ts_event_process))
			collect__process_event(f->c, (const struct ts_event_process *)e);
		if (f->fn)
			f->fn(f->arg, e, size);
		break;
	default:
		if (f->fn)
			f->fn(f->arg, e, size);
	}
}

int collector__events(struct collector *c, event_fn fn, void *arg)
{
	struct forward f = {.c = c, .fn = fn, .arg = arg};

	int n;

	do
		n = probes__events(c->probes, on_event, &f);
	while (n >= 0 && stacks__name_one(c->stacks));
	return n;
}

/* ---- beside a sample -------------------------------------------------------------- */

struct panics *collector__panics(struct collector *c, panic_fn fn, void *arg)
{
	return panics__new(c->probes, c->targets, fn, arg);
}

struct call_stack collector__stack(const struct collector *c, uint32_t tgid, uint64_t stack_id)
{
	return stacks__frames(c->stacks, tgid, stack_id);
}

const char *collector__path(struct collector *c, const struct ts_file_key *key)
{
	return file_names__facts(c->names, key, &(struct file_use){.fd = -1}, false).path;
}

uint64_t collector__lost_stacks(const struct collector *c)
{
	return stacks__lost(c->stacks);
}
