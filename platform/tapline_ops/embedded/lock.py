"""One owner per folder, told by the kernel: a lock that a dead process cannot keep."""

import fcntl
import os
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Self


class FolderBusyError(RuntimeError):
    """Another process owns the folder; `note` is what it wrote about itself."""

    def __init__(self, folder: Path, note: str) -> None:
        super().__init__(f"{folder} is in use by {note or 'another process'}; stop that one first")
        self.note = note


class FolderLock:
    """Exclusive use of a folder until released, or until this process ends."""

    def __init__(self, folder: Path, name: str = "lock") -> None:
        self._folder = folder
        self._path = folder / name
        self._file: int | None = None

    def acquire(self, note: str) -> Self:
        """Own the folder, leaving `note` for whoever comes second.

        Raises `FolderBusyError` when someone else owns it.
        """
        file = os.open(self._path, os.O_RDWR | os.O_CREAT, 0o644)
        try:
            fcntl.flock(file, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except OSError:
            owner = os.read(file, 1000).decode(errors="replace").strip()
            os.close(file)
            raise FolderBusyError(self._folder, owner) from None
        os.ftruncate(file, 0)
        os.pwrite(file, note.encode(), 0)
        self._file = file
        return self

    @property
    def is_ours(self) -> bool:
        """Whether we own the folder now."""
        return self._file is not None

    def is_held(self) -> bool:
        """Whether anyone owns the folder now."""
        if self.is_ours:
            return True
        try:
            file = os.open(self._path, os.O_RDWR)
        except OSError:
            return False
        try:
            fcntl.flock(file, fcntl.LOCK_SH | fcntl.LOCK_NB)
        except OSError:
            return True
        finally:
            os.close(file)
        return False

    def release(self) -> None:
        """Give the folder up."""
        if self._file is not None:
            os.close(self._file)
            self._file = None


@contextmanager
def exclusive(file: Path) -> Iterator[None]:
    """Wait for our turn; only one process at a time is in a block on the same `file`."""
    handle = os.open(file, os.O_RDWR | os.O_CREAT, 0o600)
    try:
        fcntl.flock(handle, fcntl.LOCK_EX)
        yield
    finally:
        os.close(handle)
