// SPDX-License-Identifier: GPL-2.0-or-later
#include "report/report_files.h"

void file_sums__add(struct file_sums *sums, const struct file_sums *other)
{
	sums->count += other->count;
	sums->writes += other->writes;
	sums->bytes += other->bytes;
	sums->syncs += other->syncs;
	sums->errors += other->errors;
	if (other->max_ns > sums->max_ns)
		sums->max_ns = other->max_ns;
}
