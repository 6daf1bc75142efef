"""File systems that a test may fill and take away."""

import os
import subprocess

import pytest


def _run(*command):
    return subprocess.run(command, stdin=subprocess.DEVNULL, capture_output=True, text=True, timeout=30)


class SmallDisk:
    """A tmpfs of its own."""

    def __init__(self, folder, size):
        self.folder = folder
        folder.mkdir(exist_ok=True)
        result = _run("mount", "-t", "tmpfs", "-o", f"size={size}", "none", str(folder))
        if result.returncode != 0:
            pytest.skip(f"a file system can't be mounted here: {result.stderr.strip()}")

    @property
    def free(self):
        info = os.statvfs(self.folder)
        return info.f_bavail * info.f_frsize

    @property
    def ballast(self):
        return self.folder / "ballast"

    def fill(self, leaving=0):
        """Leaves so many bytes free."""
        while True:
            # Others write, too: what is left is looked at anew until it is so little.
            wanted = self.free - leaving
            if wanted <= 0:
                return
            with open(self.ballast, "ab", buffering=0) as file:
                try:
                    file.write(b"x" * wanted)
                except OSError:
                    pass

    def clear(self):
        self.ballast.unlink()

    def close(self):
        if _run("umount", str(self.folder)).returncode != 0:
            assert _run("umount", "-l", str(self.folder)).returncode == 0


class ReadOnly:
    """A folder that nothing can be opened in for writing any more. What is open stays so.

    A real `remount,ro` is refused by Linux while a file is open for writing, and a gateway's always is.
    """

    def __init__(self, folder):
        self.folder = str(folder)

    def __enter__(self):
        result = _run("mount", "--bind", self.folder, self.folder)
        if result.returncode != 0:
            pytest.skip(f"a file system can't be mounted here: {result.stderr.strip()}")
        assert _run("mount", "-o", "remount,bind,ro", self.folder).returncode == 0
        return self

    def __exit__(self, *_):
        if _run("umount", self.folder).returncode != 0:
            assert _run("umount", "-l", self.folder).returncode == 0
