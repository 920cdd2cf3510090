/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Finding stuck-thread for goroutines: those that resolve names, and a name server that does not answer. */
#ifndef TS_MODEL_FINDINGS_GO_RESOLVER_H
#define TS_MODEL_FINDINGS_GO_RESOLVER_H

#include "facts/goroutines.h"
#include "model/findings/findings.h"

void findings__go_resolver(struct findings *f, const struct go_reading *r, pid_t pid);

#endif
