"""The command `gait serve`: the upload page on this computer, and with ``--lan`` for the devices of the network."""

from __future__ import annotations

import contextlib
import errno
import os
import socket
from typing import Annotated, Any

import typer

from gait.app.plain import DEBUG, plain_errors
from gait.errors import UsageError

LOOPBACK = "127.0.0.1"


def serve(
    port: Annotated[int, typer.Option("--port", metavar="N", min=0, max=65535, help="Port of the page.")] = 8000,
    lan: Annotated[
        bool,
        typer.Option(
            "--lan", help="Also for other devices of the network, with a key that the terminal shows as a code."
        ),
    ] = False,
    max_mb: Annotated[float, typer.Option("--max-mb", metavar="MB", min=1, help="Largest upload.")] = 500,
    keep: Annotated[
        str,
        typer.Option("--keep", metavar="DIR", help="Results folder of a season, for results that people want to keep."),
    ] = "",
) -> None:
    """Open the upload page: give a recording in the browser, read the report there. Ctrl-C ends it."""
    with plain_errors():
        from gait.app.web.guard import LOCAL_HOSTS, Keys
        from gait.app.web.server import ServerSettings, create_app

        if keep:
            from gait.store import open_store

            open_store(keep)
        listener = _listen("0.0.0.0" if lan else LOOPBACK, port)
        port = listener.getsockname()[1]
        address = _address_in_network() if lan else LOOPBACK
        hosts = (*LOCAL_HOSTS, address, socket.gethostname().lower()) if lan else LOCAL_HOSTS
        settings = ServerSettings(hosts=hosts, max_bytes=int(max_mb * 1e6), keep=keep)
        typer.echo(f"Upload page: http://{LOOPBACK}:{port}/")
        keys = Keys(lambda key: _announce(f"http://{address}:{port}/?key={key}")) if lan else None
        typer.echo("Recordings stay on this computer. Ctrl-C ends the page and deletes them.")
        _run(create_app(settings, keys=keys), listener)


def _run(app: Any, listener: socket.socket) -> None:
    import uvicorn

    level = "info" if os.environ.get(DEBUG) else "critical"  # tracebacks may hold names of files
    config = uvicorn.Config(
        app, log_level=level, access_log=False, server_header=False, timeout_graceful_shutdown=3, ws="none"
    )
    server = uvicorn.Server(config)
    with contextlib.suppress(KeyboardInterrupt):  # Ctrl-C is how it ends
        server.run(sockets=[listener])
    if not server.started:
        raise UsageError("the page could not be started", "Check that the folder for temporary files can be written")


def _listen(host: str, port: int) -> socket.socket:
    listener = socket.socket(socket.AF_INET, socket.SOCK_STREAM)
    listener.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
    try:
        listener.bind((host, port))
    except OSError as error:
        listener.close()
        taken = error.errno == errno.EADDRINUSE
        problem = f"port {port} is in use" if taken else f"port {port} cannot be used ({error.strerror or error})"
        raise UsageError(
            problem, f"Give another one, for example --port {port + 1 if port < 65535 else 8000}"
        ) from error
    return listener


def _address_in_network() -> str:
    """Return this computer's address in its network; nothing is sent."""
    with socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as probe:
        try:
            probe.connect(
                ("192.0.2.1", 9)
            )  # an address for documentation (RFC 5737); a datagram socket sends nothing yet
            return str(probe.getsockname()[0])
        except OSError as error:
            raise UsageError("this computer is in no network", "Connect it, or leave --lan out") from error


def _announce(address: str) -> None:
    """Print the address for one more device, and the code to scan."""
    import sys

    import segno

    typer.echo(f"\nOn a phone in the same network, once: {address}")
    segno.make(address, error="m").terminal(out=sys.stdout, compact=True)
    typer.echo(
        "The key works once; a new one is printed after its use. Without --lan only this computer can open the page."
    )
