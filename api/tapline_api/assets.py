"""Front-end files: fetched from npm at set-up, served under a name that changes with the content.

`python -m tapline_api.assets` installs what `api/package-lock.json` pins, copies the few files that
pages load and their licences to `static/vendor`, and compiles the catalogs.
"""

import hashlib
import json
import shutil
import subprocess
import sys
from functools import cache
from pathlib import Path

STATIC = Path(__file__).parent / "static"
VENDOR = STATIC / "vendor"
_API = Path(__file__).parents[1]
_FILES = {
    "htmx.org": ("dist/htmx.min.js", "dist/ext/hx-sse.min.js", "LICENSE"),
    "echarts": ("dist/echarts.common.min.js", "LICENSE", "NOTICE"),
    "zrender": ("LICENSE",),
}


@cache
def url(name: str) -> str:
    """The address of a static file, with its hash: a browser keeps it until it changes."""
    digest = hashlib.sha256((STATIC / name).read_bytes()).hexdigest()[:12]
    return f"/static/{name}?{digest}"


def fetch() -> None:
    """Install the locked packages and copy what pages load."""
    npm = shutil.which("npm")
    if npm is None:
        sys.exit("npm is not on the PATH: install Node.js 18 or later, then run `make assets`")
    subprocess.run([npm, "ci", "--ignore-scripts", "--no-audit", "--no-fund"], cwd=_API, check=True)
    shutil.rmtree(VENDOR, ignore_errors=True)
    for package, names in _FILES.items():
        source = _API / "node_modules" / package
        version = json.loads((source / "package.json").read_text("utf-8"))["version"]
        for name in names:
            target = VENDOR / package / Path(name).name
            target.parent.mkdir(parents=True, exist_ok=True)
            shutil.copyfile(source / name, target)
        (VENDOR / package / "VERSION").write_text(f"{version}\n", "utf-8")


if __name__ == "__main__":
    from tapline_api import translations

    fetch()
    translations.compile_catalogs()
