"""Who a child process runs as: ourselves, or someone with fewer rights when we are root."""

import os
import pwd
import subprocess
from dataclasses import dataclass
from pathlib import Path


@dataclass(frozen=True, slots=True)
class Account:
    """A user of this machine; without ids it is the one we already are."""

    uid: int | None = None
    gid: int | None = None

    @classmethod
    def unprivileged(cls, *names: str) -> "Account":
        """The first of `names` that exists when we are root, else ourselves.

        Servers that guard data refuse to run as root, rightly.
        """
        if os.geteuid() != 0:
            return cls()
        users = {entry.pw_name: entry for entry in pwd.getpwall()}
        found = next((users[name] for name in (*names, "nobody") if name in users), None)
        if found is None:
            raise RuntimeError(
                "root starts no database server: add an unprivileged user named 'nobody',"
                " or start Tapline as an ordinary user"
            )
        return cls(found.pw_uid, found.pw_gid)

    @property
    def groups(self) -> list[int] | None:
        """The supplementary groups for `subprocess`: none for another user, ours for ourselves."""
        return None if self.uid is None else []

    def reaches(self, folder: Path) -> bool:
        """Whether he may enter `folder`, which depends on every folder above it too."""
        return self.can_run("test", "-x", str(folder))

    def can_run(self, *command: str) -> bool:
        """Whether `command` succeeds as this user."""
        try:
            done = subprocess.run(
                command,
                user=self.uid,
                group=self.gid,
                extra_groups=self.groups,
                cwd="/",
                stdin=subprocess.DEVNULL,
                capture_output=True,
                check=False,
            )
        except PermissionError:
            return False
        return done.returncode == 0

    def take(self, path: Path) -> None:
        """Make `path` his; for ourselves it already is."""
        if self.uid is not None and self.gid is not None:
            os.chown(path, self.uid, self.gid)
