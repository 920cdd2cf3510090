// SPDX-License-Identifier: GPL-2.0-or-later
#include "java/runtime/java_vm_private.h"

/* cpu/x86/frame_x86.hpp, of System V's calling convention; the same in 17, 21 and 25 */
const int java_frame_method = -3, java_frame_bcp = -8, java_frame_sender_sp = -1, java_frame_wrapper = -6;
