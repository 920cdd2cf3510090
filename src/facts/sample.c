// SPDX-License-Identifier: GPL-2.0-or-later
#include <stdlib.h>

#include "facts/sample.h"

void sample__free(struct sample *s)
{
	if (!s)
		return;
	arena__free(&s->arena);
	free(s->processes);
	free(s->threads);
	free(s->creators);
	free(s->locks);
	free(s->files);
	free(s->live);
	free(s->go_list);
	free(s->requests);
	free(s);
}
