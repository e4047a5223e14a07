"""What the tests of the upload page share."""

import contextlib
import os
import re
import socket
import subprocess
import sys
import time
from pathlib import Path

from starlette.testclient import TestClient

from gait.app.web.server import ServerSettings, create_app

ADDRESS = "http://127.0.0.1:8000"


@contextlib.contextmanager
def client_of(folder: Path, **options):
    """A client of a server of its own, which has one worker and leaves its files in a folder."""
    makes = {name: options.pop(name) for name in ("keys", "work", "ready") if name in options}
    asks = {name: options.pop(name) for name in ("client", "raise_server_exceptions", "base_url") if name in options}
    app = create_app(ServerSettings(**{"workers": 1, "folder": folder} | options), **makes)
    with TestClient(
        app, **{"base_url": ADDRESS, "client": ("127.0.0.1", 5000), "headers": {"accept-language": "en"}} | asks
    ) as client:
        yield client


def send(client, *paths, name=None, **options):
    """Send files with the form; the answer is not followed."""
    files = [("file", (name or path.name, path.read_bytes())) for path in paths]
    return client.post("/", files=files, follow_redirects=False, **options)


def settle(client, address, within_s=60):
    """Ask for a page until no work is going on, and return it."""
    end = time.monotonic() + within_s
    while True:
        page = client.get(address)
        if 'id="progress"' not in page.text and "hx-select" not in page.text:
            return page
        assert time.monotonic() < end, page.text
        time.sleep(0.05)


def read(client, *paths, **options):
    """Send files, wait until they are read, and return address and page."""
    answer = send(client, *paths, **options)
    assert answer.status_code == 303, answer.text
    return answer.headers["location"], settle(client, answer.headers["location"])


def answer(client, address, **fields):
    """Answer questions, wait for the report, and return the page."""
    done = client.post(address, data=fields, follow_redirects=False)
    assert done.status_code == 303, done.text
    return settle(client, address)


def words(page):
    """The text of a page without its marks."""
    return " ".join(re.sub(r"<[^>]+>", " ", page.text).split())


def left(folder):
    """Uploads and results that are on the disk."""
    return [path for path in folder.glob("*/*/*") if path.is_file()]


def start(folder: Path, *options: str, port: int = 0):
    """Start `gait serve` as people do; return its process and its port, or what it said when it ended."""
    command = [sys.executable, "-m", "gait.app.cli", "serve", "--port", str(port), *options]
    environment = os.environ | {"TMPDIR": str(folder), "PYTHONUNBUFFERED": "1"}
    process = subprocess.Popen(command, env=environment, stdout=subprocess.PIPE, stderr=subprocess.STDOUT, text=True)
    line = process.stdout.readline()
    if not line.startswith("Upload page: "):
        return process, line + process.stdout.read()
    port = int(line.strip().rstrip("/").rsplit(":", 1)[1])
    end = time.monotonic() + 20
    while time.monotonic() < end:
        try:
            socket.create_connection(("127.0.0.1", port)).close()
            return process, port
        except OSError:
            time.sleep(0.05)
    raise AssertionError("the server does not answer")
