/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Threads that a file server does not answer: a finding for each server. */
#ifndef TS_MODEL_FINDINGS_HUNG_SERVERS_H
#define TS_MODEL_FINDINGS_HUNG_SERVERS_H

#include "model/findings/findings.h"
#include "words/describe.h"

/* n: of the report. reported: by thread, those that other findings cover; gets those of these. */
void findings__hung_servers(struct findings *f, const struct naming *n, bool *reported);

#endif
