// SPDX-License-Identifier: GPL-2.0-or-later
/* The process that has written most to a device. */
#include "util/append.h"
#include "util/duration.h"
#include "words/describe.h"

#define NEARLY_ALL 90 /* percent: then the sum says nothing more */

static char *rate(char dst[DURATION_TEXT], uint64_t bytes, uint64_t ns)
{
	double per_s = ns ? (double)bytes * 1e9 / (double)ns : 0;

	return bytes_format(dst, DURATION_TEXT, per_s < 1e18 ? (uint64_t)per_s : (uint64_t)1e18);
}

char *describe_device_writer(char *dst, size_t size, const struct device_writer_row *w, pid_t own)
{
	char name[DESCRIBE_NAME], bytes[DURATION_TEXT];
	size_t used = 0;

	*dst = '\0';
	if (!w)
		return dst;
	append(dst, size, &used, "%s has %swritten most to this device: %s/s",
	       describe_thread(name, sizeof(name), w->name, w->pid), w->pid == own ? "itself " : "",
	       rate(bytes, w->bytes, w->over_ns));
	if (w->bytes < w->all_bytes / 100 * NEARLY_ALL)
		append(dst, size, &used, " of %s/s", rate(bytes, w->all_bytes, w->over_ns));
	return dst;
}
