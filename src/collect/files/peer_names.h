/* SPDX-License-Identifier: GPL-2.0-or-later */
/* The other end of a socket or pipe, as text. */
#ifndef TS_COLLECT_FILES_PEER_NAMES_H
#define TS_COLLECT_FILES_PEER_NAMES_H

#include "bpf/threadscope.h"
#include "target/pipe_readers.h"

/* "10.0.0.1:514", "[::1]:514", "/run/systemd/journal/dev-log", "@name", "rsyslogd (412)": what is known of
 * it. To be freed; NULL if nothing is. */
char *peer__of_socket(const struct ts_event_file *e);
/* "cat (813)", "cat (813) and others"; the same. */
char *peer__of_pipe(const struct pipe_reader *r);

#endif
