"""A small file system for the database, which can be full for a while."""

import contextlib
import os
import subprocess
from pathlib import Path
from typing import Self

SIZE_MIB = 2048
"""More than a run writes, with all of its log."""


class SmallDisk:
    """A file system in memory, mounted on `folder`: only root may do that."""

    def __init__(self, folder: Path, size_mib: int = SIZE_MIB) -> None:
        self._folder = folder
        self._size_mib = size_mib
        self._ballast = folder / "ballast"

    @staticmethod
    def is_possible() -> bool:
        """Whether this process may mount file systems."""
        told = subprocess.run(["unshare", "--mount", "true"], capture_output=True, check=False)
        return os.geteuid() == 0 and told.returncode == 0

    def __enter__(self) -> Self:
        self._folder.mkdir(parents=True, exist_ok=True)
        options = f"size={self._size_mib}m,mode=755"
        subprocess.run(["mount", "-t", "tmpfs", "-o", options, "tmpfs", self._folder], check=True)
        return self

    def __exit__(self, *_: object) -> None:
        subprocess.run(["umount", "--lazy", self._folder], check=True)

    def fill(self) -> None:
        """Take every byte that is left."""
        with self._ballast.open("ab") as ballast, contextlib.suppress(OSError):
            while True:
                room = os.statvfs(self._folder)
                left = room.f_bavail * room.f_frsize
                if left == 0:
                    return
                os.posix_fallocate(ballast.fileno(), os.fstat(ballast.fileno()).st_size, left)

    def empty(self) -> None:
        """Give it back."""
        self._ballast.unlink(missing_ok=True)
