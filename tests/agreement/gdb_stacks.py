# SPDX-License-Identifier: GPL-2.0-or-later
"""Runs inside gdb: prints every thread's frames as one line of JSON, innermost first."""
import json

import gdb

KINDS = {gdb.NORMAL_FRAME: "normal", gdb.INLINE_FRAME: "inlined", gdb.SIGTRAMP_FRAME: "signal",
         gdb.TAILCALL_FRAME: "tail call"}


def frames_of(thread):
    thread.switch()
    frames, reason = [], None
    frame = gdb.newest_frame()
    while frame is not None and len(frames) < 1024:
        frames.append({"address": frame.pc(), "function": frame.name(),
                       "kind": KINDS.get(frame.type(), "other")})
        reason = frame.unwind_stop_reason()
        try:
            frame = frame.older()
        except gdb.error:
            reason = None
            break
    outermost = reason in (gdb.FRAME_UNWIND_OUTERMOST, gdb.FRAME_UNWIND_NO_REASON)
    return {"tid": thread.ptid[1], "frames": frames, "complete": outermost}


print("STACKS " + json.dumps([frames_of(t) for t in gdb.selected_inferior().threads()]))
