// SPDX-License-Identifier: GPL-2.0-or-later
#include "model/rows/rows.h"
#include "waits/stall.h"

const struct device_writer_row *row__device_writer(struct arena *a, const struct sample *s, uint32_t dev)
{
	struct device_writer_row *row;

	for (size_t i = 0; i < s->device_count; i++) {
		const struct sample_device *d = &s->devices[i];

		if (d->dev != dev)
			continue;
		row = ARENA_NEW(a, struct device_writer_row, 1);
		*row = (struct device_writer_row){.disk = d->disk,
						  .pid = d->pid,
						  .name = d->comm,
						  .bytes = d->bytes,
						  .all_bytes = d->all_bytes,
						  .over_ns = d->over_ns};
		return row;
	}
	return NULL;
}

void row__writer(struct thread_row *row, struct arena *a, const struct sample *s,
		 const struct sample_thread *t)
{
	if (s->device_count && row->blocked && t->io_kind && t->io_file.kind == TS_FILE_REGULAR &&
	    stall__of_device(stall__of_stack(&t->kernel_stack)))
		row->wait.writer = row__device_writer(a, s, t->io_file.dev);
}
