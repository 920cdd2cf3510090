/* SPDX-License-Identifier: GPL-2.0-or-later */
/* What the helper (open_helper.h) does not need of the process that it is a copy of. */
#ifndef TS_TARGET_HELPER_RIGHTS_H
#define TS_TARGET_HELPER_RIGHTS_H

#define HELPER_SOCKET 3 /* the descriptor of the other end, in the helper */

/* In a copy of this process: keeps that descriptor, as HELPER_SOCKET. Probes stay attached, and readers of
 * the output wait, as long as a process has their descriptors. */
void helper_rights__keep_only(int fd);
void helper_rights__unmap_bpf(void);

/* In the helper, at its start: gives up maps of BPF and capabilities, for good. */
void helper_rights__give_up(void);
/* In the helper of namespaces (namespace_helper.h): keeps only what entering and asking takes. */
void helper_rights__keep_for_namespaces(void);

#endif
