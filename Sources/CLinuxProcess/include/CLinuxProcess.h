#ifndef C_LINUX_PROCESS_H
#define C_LINUX_PROCESS_H

// What the process asks of Linux through functions that Swift can not import, since they take any number of arguments.

#include <sys/prctl.h>

/// No core dump of this process, and no look into its memory by others of the same user. 0 where it is so.
static inline int c_linux_process_forbid_dumps(void) {
    return prctl(PR_SET_DUMPABLE, 0, 0, 0, 0);
}

/// A process that is spawned has no descriptor from that number on, whatever else is open. 0 where it is so. Swift's view
/// of the C library leaves the function out. Takes a `posix_spawn_file_actions_t`, by an address only: a header that says
/// so would have Swift take that header's types for this module's.
int c_linux_process_close_from(void *actions, int descriptor);

#endif
