"""Node-RED as somebody would install it: its packages, its flow, and a home for each session."""

import json
import os
import shutil
import subprocess
from collections.abc import Callable
from pathlib import Path

from sqlalchemy import make_url

from benchmarks.readings import Place

PACKAGES = ("node-red@4", "pg@8")
_FLOW = Path(__file__).with_name("node_red_flow.js")


class Node(subprocess.Popen[bytes]):
    """Node.js, with the face of our own processes."""

    def join(self) -> None:
        """Wait for its end."""
        self.wait()


def installed() -> Path:
    """The folder with Node-RED and pg in it; they are fetched once."""
    npm = shutil.which("npm")
    if npm is None:
        raise SystemExit("Node-RED needs Node.js: install node and npm first")
    cache = Path(os.environ.get("XDG_CACHE_HOME", Path.home() / ".cache"))
    folder = cache / "tapline-node-red"
    if not (folder / "node_modules" / "node-red").exists():
        folder.mkdir(parents=True, exist_ok=True)
        quietly = ["--no-audit", "--no-fund", "--loglevel=error"]
        subprocess.run([npm, "install", *quietly, *PACKAGES], cwd=folder, check=True)
    return folder / "node_modules"


def starting(modules: Path, folder: Path) -> Callable[[Place, str], Node]:
    """What starts Node-RED for a session, from a home of its own under `folder`."""

    def start(at: Place, session: str) -> Node:
        home = folder / session
        if not home.exists():
            home.mkdir()
            _write_home(at, home, session, modules)
        log = (folder / "node-red.log").open("ab")
        with log:
            return Node(
                ["node", modules / "node-red" / "red.js", "--userDir", home, "--port", "0"],
                stdout=log,
                stderr=log,
            )

    return start


def _write_home(at: Place, home: Path, session: str, modules: Path) -> None:
    url = make_url(at.url).set(drivername="postgresql").render_as_string(hide_password=False)
    (home / "settings.js").write_text(
        f"const {{Pool}} = require({json.dumps(str(modules / 'pg'))});\n"
        "module.exports = {flowFile: 'flows.json', credentialSecret: false,\n"
        " httpAdminRoot: false, httpNodeRoot: false, logging: {console: {level: 'warn'}},\n"
        " telemetry: {enabled: false, updateNotification: false},\n"
        f" functionGlobalContext: {{pool: new Pool({{connectionString: {json.dumps(url)}}})}}}};\n"
    )
    login = at.broker.gateway_login
    (home / "flows_cred.json").write_text(
        json.dumps({"broker": {"user": login.username, "password": login.password}})
    )
    functions = json.loads(
        subprocess.run(
            ["node", "-p", f"JSON.stringify(require({json.dumps(str(_FLOW))}))"],
            capture_output=True,
            check=True,
        ).stdout
    )
    (home / "flows.json").write_text(json.dumps(_flow(at, session, functions)))


def _flow(at: Place, session: str, functions: dict[str, str]) -> list[dict[str, object]]:
    broker = {
        "id": "broker",
        "type": "mqtt-broker",
        "broker": at.broker.host,
        "port": str(at.broker.ports.gateway),
        "clientid": session,
        "autoConnect": True,
        "protocolVersion": "4",
        "keepalive": "60",
        "cleansession": False,
    }
    heard: dict[str, object] = {
        "type": "mqtt in",
        "topic": "tl1/+/+/up/tele",
        "qos": "1",
        "datatype": "buffer",
        "broker": "broker",
    }
    joined: dict[str, object] = {
        "type": "join",
        "mode": "custom",
        "build": "array",
        "property": "payload",
        "propertyType": "msg",
        "count": "500",
        "timeout": "0.05",
    }
    steps: dict[str, dict[str, object]] = {
        "heard": heard,
        "read": {"type": "function", "func": functions["read"], "outputs": 1},
        "joined": joined,
        "insert": {"type": "function", "func": functions["insert"], "outputs": 1},
    }
    names = [*steps, None]
    wired = [
        {"id": name, "z": "flow", "x": 0, "y": 0, "wires": [[after]] if after else [], **step}
        for (name, step), after in zip(steps.items(), names[1:], strict=True)
    ]
    return [{"id": "flow", "type": "tab", "label": "telemetry"}, broker, *wired]
