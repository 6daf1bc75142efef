"""The machine that is measured on: its cores, its programs, its disk."""

import os
import platform
import shutil
import subprocess

from processes import BenchmarkError

_CORES = sorted(os.sched_getaffinity(0))
#: Whatever is measured runs here, and nothing else does.
SERVER_CORE = _CORES[0]
#: The load, and what stands behind the servers.
LOAD_CORE = _CORES[-1]
#: A file system in memory, where a sync costs nothing.
MEMORY_FOLDER = "/dev/shm"
SYNCS = 400


def check():
    if SERVER_CORE == LOAD_CORE:
        raise BenchmarkError("a machine of two cores or more is needed: one for the server, one for the load")


def program(name, package):
    """Where a program is. Those of administrators are not on everybody's path."""
    places = os.pathsep.join([os.environ.get("PATH", os.defpath), "/usr/local/sbin", "/usr/sbin", "/sbin"])
    found = shutil.which(name, path=places)
    if found is None:
        raise BenchmarkError(f"{name} is missing: apt-get install {package}")
    return found


def version_of(command):
    """What a program says of its version in its first line; some do on standard error or with another status."""
    result = subprocess.run(command, capture_output=True, text=True, timeout=20, check=False)
    return (result.stdout + result.stderr).strip().partition("\n")[0].partition(" [")[0]


def processor():
    with open("/proc/cpuinfo", encoding="ascii", errors="replace") as lines:
        models = [line.partition(":")[2].strip() for line in lines if line.startswith("model name")]
    return f"{models[0] if models else platform.machine()}, {len(_CORES)} cores, Linux {platform.release()}"


def sync_microseconds(floor, folder):
    """The median time of an fdatasync behind 4 KiB."""
    file = folder / "sync"
    result = subprocess.run([floor, "sync", str(file), str(SYNCS)], capture_output=True, text=True, check=False)
    file.unlink(missing_ok=True)
    if result.returncode != 0:
        raise BenchmarkError(f"the disk was not measured: {result.stderr.strip()}")
    return float(result.stdout)
