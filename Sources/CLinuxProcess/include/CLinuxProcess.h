#ifndef C_LINUX_PROCESS_H
#define C_LINUX_PROCESS_H

// What the process asks of Linux through functions that Swift can not import, since they take any number of arguments.

#include <sys/prctl.h>

/// No core dump of this process, and no look into its memory by others of the same user. 0 where it is so.
static inline int c_linux_process_forbid_dumps(void) {
    return prctl(PR_SET_DUMPABLE, 0, 0, 0, 0);
}

#endif
