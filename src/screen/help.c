// SPDX-License-Identifier: GPL-2.0-or-later
#include "screen/ui_private.h"

void help__write(struct page *p)
{
	page__heading(p, "KEYS");
	for (int action = 1; action < ACTIONS; action++)
		page__line(p, STYLE_PLAIN, 22, "  %-18s  %s", KEY_HELP[action].keys, KEY_HELP[action].what);
	page__heading(p, "MOUSE");
	page__line(p, STYLE_PLAIN, 22, "  %-18s  %s", "click",
		   "on a row: select it; on a tab: open the view; on a heading: sort by the column");
	page__line(p, STYLE_PLAIN, 22, "  %-18s  %s", "double click", "open the row, like Enter");
	page__line(p, STYLE_PLAIN, 22, "  %-18s  %s", "wheel",
		   "move by rows; hold Shift to select text in the terminal");
	page__heading(p, "WHAT IT SAYS");
	page__line(p, STYLE_PLAIN, 2,
		   "  The first screen has what is known to be wrong, worst first; !! is critical, ! a "
		   "warning. Enter goes "
		   "to the lock, the thread, the log or the creator that a finding speaks of.");
	page__line(p, STYLE_PLAIN, 2,
		   "  What a command prints that threadscope started is in the view output. The last line is "
		   "followed while it is selected: End goes there, Up leaves it. Events are followed in the "
		   "same way.");
	page__line(p, STYLE_PLAIN, 2,
		   "  The target is never stopped, signalled or written to. What could not be seen is "
		   "counted as LOST in "
		   "the first line; what threadscope costs stands in the second.");
}
