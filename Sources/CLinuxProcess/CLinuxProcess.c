#include "CLinuxProcess.h"
