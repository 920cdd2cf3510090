// SPDX-License-Identifier: GPL-2.0-or-later
#include "java/runtime/java_vm_private.h"

/* cpu/aarch64/frame_aarch64.hpp */
const int java_frame_method = -3, java_frame_bcp = -9, java_frame_sender_sp = -1, java_frame_wrapper = -8;
