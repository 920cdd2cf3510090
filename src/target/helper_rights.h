/* SPDX-License-Identifier: GPL-2.0-or-later */
/* What the helper (open_helper.h) does not need of the process that it is a copy of. */
#ifndef TS_TARGET_HELPER_RIGHTS_H
#define TS_TARGET_HELPER_RIGHTS_H

/* In the helper, at its start: gives up maps of BPF and capabilities, for good. */
void helper_rights__give_up(void);

#endif
