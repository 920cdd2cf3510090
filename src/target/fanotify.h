/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Who is asked before a file may be opened, read or executed: programs that have marked it by fanotify, such
 * as virus scanners. */
#ifndef TS_TARGET_FANOTIFY_H
#define TS_TARGET_FANOTIFY_H

#include "target/open_files.h"
#include "target/process.h"

#define FANOTIFY_LINK "anon_inode:[fanotify]"

enum fanotify_asked {
	FANOTIFY_NOT,    /* it gives no permissions */
	FANOTIFY_OTHERS, /* it does, of other files as far as is known */
	FANOTIFY_MAYBE,  /* of files in some folder */
	FANOTIFY_THIS,
};

/* Whether a descriptor of fanotify is asked for the file; place: where that is, NULL: not known. Reads at
 * most 256 KiB of its marks. */
enum fanotify_asked fanotify__asked(struct open_end e, const struct cached_place *place);
/* The same of the text of fdinfo, which it changes. */
enum fanotify_asked fanotify__asked_in(char *text, const struct cached_place *place);

#endif
