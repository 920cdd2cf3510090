// SPDX-License-Identifier: GPL-2.0-or-later
#include "collect/targets/origins.h"

#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "target/origin.h"
#include "util/clock.h"
#include "util/heap.h"
#include "util/pid_table.h"

#define NS_PER_MS   1000000ull
#define AGAIN_NS    (10000 * NS_PER_MS)
#define SILENCE_NS  (30000 * NS_PER_MS) /* one that did not answer in time */
#define PATIENCE_NS (20 * NS_PER_MS)    /* in a sample; what is left over follows in the next ones */
#define FIRST_NS    (200 * NS_PER_MS)   /* in the first, which no interval waits for */

struct known {
	uint64_t again_ns; /* when its command is read anew; 0: it has not been read */
	bool titled, unit_read;
	char unit[UNIT_NAME];
	char *command; /* NULL: none, or not known */
};

struct origins {
	struct targets *targets;
	struct pid_table *known;
	bool every_process, begun;
};

static void end(void *piece)
{
	free(((struct known *)piece)->command);
}

struct origins *origins__new(struct targets *t, bool every_process)
{
	struct origins *o = HEAP_NEW(struct origins, 1);

	o->targets = t;
	o->known = pid_table__new(sizeof(struct known), end);
	o->every_process = every_process;
	return o;
}

void origins__free(struct origins *o)
{
	if (!o)
		return;
	pid_table__free(o->known);
	free(o);
}

void origins__forget(struct origins *o, pid_t pid)
{
	pid_table__forget(o->known, pid);
}

static void read_command(struct known *k, const struct process *p, pid_t pid, uint64_t now_ns)
{
	char command[COMMAND_BYTES];
	int err = p ? process__command(p, command, &k->titled) : pid__command(pid, command, &k->titled);

	k->again_ns = now_ns + (err == -ETIMEDOUT ? SILENCE_NS : AGAIN_NS);
	free(k->command);
	k->command = err ? NULL : heap__string(command);
}

static void fill(struct origins *o, struct sample *s, struct sample_process *to, uint64_t end_ns, bool anew)
{
	struct known *k = pid_table__at(o->known, to->pid);
	struct target *t = o->every_process ? NULL : targets__get(o->targets, to->pid);
	uint64_t now_ns = monotonic_ns();

	if (now_ns < end_ns && (anew ? now_ns >= k->again_ns : !k->again_ns))
		read_command(k, t ? t->process : NULL, to->pid, now_ns);
	if (!k->unit_read && now_ns < end_ns) {
		const char *unit = t ? process__unit(t->process) : NULL;

		if (t)
			snprintf(k->unit, sizeof(k->unit), "%s", unit ? unit : "");
		else
			pid__unit(to->pid, k->unit);
		k->unit_read = true;
	}
	if (!anew)
		return;
	to->command = arena__string(&s->arena, k->command);
	to->titled = k->titled;
	to->unit = *k->unit ? arena__string(&s->arena, k->unit) : NULL;
	if (t)
		to->uptime_ns = process__uptime_ns(t->process);
}

/* First those that have not been looked at. */
void origins__fill(struct origins *o, struct sample *s)
{
	uint64_t end_ns = monotonic_ns() + (o->begun ? PATIENCE_NS : FIRST_NS);

	o->begun = true;
	for (int anew = 0; anew < 2; anew++)
		for (size_t i = 0; i < s->process_count; i++)
			if (!s->processes[i].ended)
				fill(o, s, &s->processes[i], end_ns, anew);
}

void origin__read(struct process *p, struct sample *s, struct sample_process *to)
{
	char command[COMMAND_BYTES];

	if (!process__command(p, command, &to->titled))
		to->command = arena__string(&s->arena, command);
	to->unit = arena__string(&s->arena, process__unit(p));
	to->uptime_ns = process__uptime_ns(p);
}
