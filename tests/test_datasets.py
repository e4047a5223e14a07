"""Public recordings, fetched from a server on this machine."""

import functools
import hashlib
import http.server
import threading
from dataclasses import replace
from pathlib import Path
from types import MappingProxyType

import numpy as np
import pytest

import gait
from gait import datasets
from gait.errors import RecordingError, UsageError
from tests.shared import require_shared


@pytest.fixture
def server():
    """Start a server of a folder and return its address."""
    started = []

    def serve(folder: Path) -> str:
        class Quiet(http.server.SimpleHTTPRequestHandler):
            def log_message(self, *_words) -> None:
                pass

        made = http.server.ThreadingHTTPServer(("127.0.0.1", 0), functools.partial(Quiet, directory=str(folder)))
        threading.Thread(target=made.serve_forever, daemon=True).start()
        started.append(made)
        return f"http://127.0.0.1:{made.server_port}"

    yield serve
    for made in started:
        made.shutdown()
        made.server_close()


@pytest.fixture
def made_up(tmp_path, monkeypatch) -> Path:
    """A file in the layout of the set, listed with its own hash."""
    n, time_s = 3000, np.arange(3000) / 100
    across = np.random.default_rng(0).normal(0, 0.3, (2, n))
    acc = np.stack([*across, 9.81 + 3 * np.sin(2 * np.pi * 1.8 * time_s)], axis=1)
    steps = np.floor(time_s * 1.8).astype(int)
    rows = [f"{5_000_000_000 + round(t * 1e9)},{x:.4f},{y:.4f},{z:.4f},0,{k},0"
            for t, (x, y, z), k in zip(time_s, acc, steps, strict=True)]  # fmt: skip
    folder = tmp_path / "served"
    folder.mkdir()
    listed = datasets.DATASETS["oxford_hand"]
    (folder / listed.path).write_text("\n".join(rows) + "\n")
    sha256 = hashlib.sha256((folder / listed.path).read_bytes()).hexdigest()
    monkeypatch.setattr(datasets, "DATASETS", MappingProxyType({"oxford_hand": replace(listed, sha256=sha256)}))
    return folder


def test_a_set_is_fetched_once_checked_and_read_with_its_truth(made_up, server, tmp_path) -> None:
    url, kept = server(made_up), tmp_path / "kept"
    example = datasets.load("oxford_hand", folder=kept, base_url=url)
    assert example.recording.placement == "hand"
    assert example.recording.duration_s == pytest.approx(29.99)
    assert np.allclose(np.diff(example.steps_s), 1 / 1.8, atol=0.02)
    assert len(example.steps_s) == 53
    (made_up / example.dataset.path).unlink()  # the second time nothing is fetched
    assert datasets.fetch("oxford_hand", folder=kept, base_url=url).is_file()


def test_a_file_that_differs_is_refused_and_not_kept(made_up, server, tmp_path) -> None:
    path = made_up / datasets.DATASETS["oxford_hand"].path
    path.write_text(path.read_text().replace("9.8", "9.9"))
    with pytest.raises(RecordingError, match=r"hash differs\. Do not use it"):
        datasets.fetch("oxford_hand", folder=tmp_path / "kept", base_url=server(made_up))
    assert not list((tmp_path / "kept").glob("*.csv"))


def test_no_connection_and_no_such_set_are_said_plainly(made_up, server, tmp_path) -> None:
    url = server(made_up)
    (made_up / datasets.DATASETS["oxford_hand"].path).unlink()
    with pytest.raises(RecordingError, match=r"cannot be fetched .* mirror with base_url"):
        datasets.fetch("oxford_hand", folder=tmp_path / "kept", base_url=url)
    with pytest.raises(UsageError, match="allowed for a data set are 'oxford_hand', but got 'sisfall'"):
        datasets.fetch("sisfall")


def test_every_set_says_its_licence_and_lies_at_a_fixed_version() -> None:
    for name, dataset in datasets.DATASETS.items():
        assert dataset.name == name
        assert dataset.licence and dataset.citation and dataset.note
        assert len(dataset.sha256) == 64
        assert dataset.base_url.startswith("https://")
        assert any(len(part) == 40 for part in dataset.base_url.split("/"))


def test_the_real_file_has_the_listed_hash_and_its_steps_are_found(server, tmp_path) -> None:
    folder = require_shared("formats", "android_uptime_headerless", "oxford_validation")
    example = datasets.load("oxford_hand", folder=tmp_path, base_url=server(folder))
    assert len(example.steps_s) == 326
    bouts = gait.analyze(example.recording).bouts
    assert bouts["n_steps"].sum() == pytest.approx(326, abs=4)
