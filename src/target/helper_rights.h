/* SPDX-License-Identifier: GPL-2.0-or-later */
/* What a helper (helper_process.h) does not need of the process that it is a copy of. */
#ifndef TS_TARGET_HELPER_RIGHTS_H
#define TS_TARGET_HELPER_RIGHTS_H

void helper_rights__unmap_bpf(void);

/* In the helper, at its start: gives up maps of BPF and capabilities, for good. */
void helper_rights__give_up(void);
/* In the helper of namespaces (namespace_helper.h): keeps only what entering and asking takes. */
void helper_rights__keep_for_namespaces(void);

#endif
