"""Fifty people at once, and half an hour of samples: answered, bounded, quick, and nothing left."""

import os
import signal
import subprocess
import sys
import threading
import time
from concurrent.futures import ThreadPoolExecutor

import httpx2
import numpy as np
import psutil
import pytest

from gait.simulate import Device, simulate_session, write_recording
from gait.simulate.samples import alternating
from tests.web import left, start

PEOPLE = 50
UPLOAD_BYTES = 5_000_000
MAX_SERVER_MB = 400
"""Resident memory of the server process alone; each analysis has a process and a limit of its own [MB]."""

pytestmark = pytest.mark.slow


@pytest.fixture(scope="module")
def server(tmp_path_factory):
    folder = tmp_path_factory.mktemp("load")
    process, port = start(folder)
    yield process.pid, f"http://127.0.0.1:{port}", folder
    process.send_signal(signal.SIGINT)
    assert process.wait(20) == 0
    process.stdout.close()
    assert list(folder.iterdir()) == []


def settled(client, address):
    end = time.monotonic() + 120
    while 'id="progress"' in (page := client.get(address)).text:
        assert time.monotonic() < end
        time.sleep(0.1)
    return page


def test_fifty_uploads_at_once_are_all_answered(server):
    process_id, address, folder = server
    rows = np.column_stack(
        [np.arange(120_000) / 100, np.random.default_rng(0).normal(0, 1, (120_000, 3)) + [0, 0, 9.81]]
    )
    lines = "\n".join(f"{t:.2f},{x:.6f},{y:.6f},{z:.6f}" for t, x, y, z in rows.tolist())
    data = ("time (s),ax (m/s^2),ay (m/s^2),az (m/s^2)\n" + lines)[:UPLOAD_BYTES].rsplit("\n", 1)[0].encode()
    data += b"\n" * (UPLOAD_BYTES - len(data))
    most, over = [0.0], threading.Event()

    def watch():
        while not over.wait(0.05):
            most[0] = max(most[0], psutil.Process(process_id).memory_info().rss / 1e6)

    def come(number):
        with httpx2.Client(base_url=address, timeout=120) as client:
            sent = client.post("/", files={"file": (f"{number}.csv", data)})
            assert sent.status_code == 303
            page = settled(client, sent.headers["location"])
            assert page.status_code == 200 and f"{number}.csv" in page.text
            assert client.post(sent.headers["location"] + "/delete").status_code == 303
            return True

    watcher = threading.Thread(target=watch)
    watcher.start()
    try:
        with ThreadPoolExecutor(PEOPLE) as people:
            assert list(people.map(come, range(PEOPLE))) == [True] * PEOPLE
    finally:
        over.set()
        watcher.join()
    assert left(folder) == []
    sys.stdout.write(f"server process: at most {most[0]:.0f} MB\n")
    assert most[0] < MAX_SERVER_MB


def test_half_an_hour_is_reported_as_quickly_as_by_the_command(server, tmp_path):
    _, address, _ = server
    made = simulate_session(alternating(pairs=27, run_s=25, rest_s=8), device=Device(), seed=3)
    path = write_recording(made, tmp_path / "simulated_half_hour.zip", "sensor-logger-android")
    command = [sys.executable, "-m", "gait.app.cli", "analyze", str(path), "--placement", "lower_back",
               "--calibrate", "first-run", "--out", str(tmp_path / "out")]  # fmt: skip
    begin = time.perf_counter()
    subprocess.run(command, check=True, capture_output=True, env=os.environ)
    by_command_s = time.perf_counter() - begin
    with httpx2.Client(base_url=address, timeout=120) as client:
        place = client.post("/", files={"file": (path.name, path.read_bytes())}).headers["location"]
        begin = time.perf_counter()
        assert settled(client, place).status_code == 200
        client.post(place, data={"placement": "lower_back", "forward": "first"})
        assert "Running backward" in settled(client, place).text
        by_page_s = time.perf_counter() - begin
        client.post(place + "/delete")
    sys.stdout.write(f"command {by_command_s:.1f} s, page {by_page_s:.1f} s\n")
    assert by_page_s < 1.5 * by_command_s
