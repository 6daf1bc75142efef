#define _GNU_SOURCE
#include "CLinuxProcess.h"

#include <spawn.h>

int c_linux_process_close_from(void *actions, int descriptor) {
    return posix_spawn_file_actions_addclosefrom_np(actions, descriptor);
}
