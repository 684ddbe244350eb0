"""Commands that run until they are stopped."""

import signal
import threading
from typing import Annotated

import typer

from tapline_ops.commands.options import DATA_DIR, DataDir, folder


def register(app: typer.Typer) -> None:
    """Add them to the command line."""
    for command in (up, serve, gateway, worker, relay, beat):
        app.command()(command)


def up(data_dir: DataDir = DATA_DIR) -> None:
    """Start everything on this machine's own parts; Ctrl-C stops it. The data stays."""
    from tapline_ops.banner import addresses, weaknesses
    from tapline_ops.supervisor import Supervisor

    supervisor = Supervisor(folder(data_dir), typer.echo, stopped_by_signal())
    try:
        supervisor.start()
        for line in (*addresses(supervisor.state), *weaknesses(supervisor.state)):
            typer.echo(line)
        supervisor.watch()
    finally:
        typer.echo("stopping")
        supervisor.stop()


def serve(
    host: Annotated[str, typer.Option(help="The address to listen on.")] = "127.0.0.1",
    port: Annotated[int, typer.Option(help="The TCP port.")] = 8000,
) -> None:
    """Serve the pages and the API."""
    import uvicorn

    from tapline_ops import logs
    from tapline_ops.web import application

    logs.configure()
    uvicorn.run(
        application(),
        host=host,
        port=port,
        log_config=None,
        access_log=False,
        timeout_graceful_shutdown=3,  # live pages never hang up by themselves
    )


def gateway() -> None:
    """Take in what dispensers say, and answer them."""
    from tapline.settings import settings
    from tapline_ops import intake, logs

    logs.configure()
    stop = stopped_by_signal()
    intake.run(settings(), stop)


def worker() -> None:
    """Carry out tasks."""
    from tapline_ops.schedule import QUEUE
    from tapline_ops.worker import CONCURRENCY, app

    app.worker_main(
        [
            "worker",
            "--pool=threads",
            f"--concurrency={CONCURRENCY}",
            f"--queues=celery,{QUEUE}",
            "--loglevel=WARNING",
            "--without-gossip",
            "--without-mingle",
            "--without-heartbeat",
        ]
    )


def relay() -> None:
    """Send committed events to the tasks that want them."""
    from tapline_ops import logs
    from tapline_ops.relay import Relay
    from tapline_ops.worker import app, database

    logs.configure()
    Relay(database(), app).run(stopped_by_signal())


def beat() -> None:
    """Start scheduled tasks when they are due."""
    from tapline_ops.worker import app

    # Its memory of the last runs would be one more file to lose; every sweep may come early.
    app.Beat(scheduler_cls="celery.beat:Scheduler", loglevel="WARNING").run()


def stopped_by_signal() -> threading.Event:
    """An event that Ctrl-C, a terminal's end or a service manager sets."""
    stop = threading.Event()
    for number in (signal.SIGINT, signal.SIGTERM, signal.SIGHUP):
        signal.signal(number, lambda *_: stop.set())
    return stop
