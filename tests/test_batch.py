"""Batches: every recording for itself, nothing twice, nothing lost."""

import os
import signal
import socket
import subprocess
import sys
import time
from pathlib import Path

import pandas as pd
import pytest

from gait import batch
from gait import store as stores
from gait.errors import UsageError
from gait.season import Entry, find_season
from tests import faults
from tests.season import write_season

GAIT = [sys.executable, "-m", "gait.app.cli"]


@pytest.fixture(scope="module")
def season(tmp_path_factory) -> Path:
    root = tmp_path_factory.mktemp("club") / "season"
    write_season(root, athletes=3)
    (root / "runner_0" / "broken.csv").write_text("a,b\n1,2\n")
    return root


@pytest.fixture(scope="module")
def results(season, tmp_path_factory) -> tuple[Path, batch.Counts]:
    out = tmp_path_factory.mktemp("club") / "results"
    told = []
    counts = batch.run_batch(find_season([season]).entries, out, workers=2, on_progress=lambda *each: told.append(each))
    assert [each[0] for each in told][-1] == counts
    assert {each[1] for each in told} == {entry.source for entry in find_season([season]).entries}
    return out, counts


def no_workers(*_: object) -> None:
    raise AssertionError("workers were started although nothing is to do")


def tables(out: Path) -> list[pd.DataFrame]:
    store = stores.open_store(out)
    return [stores.read_recordings(store), stores.read_bouts(store), stores.read_comparisons(store),
            stores.read_failures(store)]  # fmt: skip


def test_all_are_analysed_and_the_bad_one_is_named(results) -> None:
    out, counts = results
    assert counts == batch.Counts(found=4, done=3, failed=1, known=0)
    recordings, bouts, _, failures = tables(out)
    assert recordings["athlete"].tolist() == ["runner_0", "runner_1", "runner_2"]
    assert (recordings["n_bouts_backward"] == 2).all() and (recordings["n_bouts_forward"] == 2).all()
    assert recordings["simulated"].all() and len(bouts) == 12
    assert failures[["source", "stage"]].to_numpy().tolist() == [["season/runner_0/broken.csv", "read"]]
    assert failures["remedy"].str.len().gt(0).all()
    assert all((out / report).is_file() for report in recordings["report"])


def test_a_second_run_has_nothing_to_do_and_one_more_file_is_one_more(season, results, monkeypatch) -> None:
    out, _ = results
    before = tables(out)
    with monkeypatch.context() as patch:
        patch.setattr(batch, "_client", no_workers)
        counts = batch.run_batch(find_season([season]).entries, out)
    assert counts == batch.Counts(found=4, done=0, failed=0, known=4)
    for table, after in zip(before, tables(out), strict=True):
        pd.testing.assert_frame_equal(table, after)
    submitted = []
    monkeypatch.setattr(batch, "_outcomes", lambda _c, _s, todo, _m: submitted.extend(todo.values()) or iter(()))
    extra = Entry(season / "athletes.csv", "", "season/more.csv", "dora")
    batch.run_batch((*find_season([season]).entries, extra), out, workers=1)
    assert [task.entry.source for task in submitted] == ["season/more.csv"]


def test_harm_stays_with_its_recording(season, tmp_path) -> None:
    good = find_season([season]).entries[1]
    copy = tmp_path / "copy.csv"
    copy.write_text("time_s,acc_x_g,acc_y_g,acc_z_g\n0,0,0,1\n")
    bad = (
        faults.Killer(good.path, "", "s/killer", "a"), faults.Endless(good.path, "", "s/endless", "b"),
        faults.Changing(copy, "", "s/changing", "c"),
    )  # fmt: skip
    out = tmp_path / "results"
    counts = batch.run_batch((*bad, good), out, workers=2, max_s=12.0)
    assert counts == batch.Counts(found=4, done=1, failed=3, known=0)
    recordings, _, _, failures = tables(out)
    assert recordings["source"].tolist() == [good.source]
    said = failures.set_index("source")
    assert said.loc["s/killer", "stage"] == "worker" and "took the worker" in said.loc["s/killer", "problem"]
    assert "longer than 12 s" in said.loc["s/endless", "problem"]
    assert said.loc["s/changing", "stage"] in ("read", "analyse")


def test_two_batches_do_not_share_a_folder_and_a_dead_one_does_not_count(tmp_path) -> None:
    store = stores.open_store(tmp_path)
    lock = tmp_path / ".batch.lock"
    with subprocess.Popen([sys.executable, "-c", "input()"], stdin=subprocess.PIPE) as other:
        lock.write_text(f"{socket.gethostname()} {other.pid}")
        with pytest.raises(UsageError, match="another batch"), batch._locked(store):
            pass
        other.kill()
    with batch._locked(store):
        assert lock.read_text().split()[1] == str(os.getpid())
    assert not lock.exists()


def test_a_killed_batch_goes_on_where_it_stopped(season, results, tmp_path) -> None:
    """Main process and workers are gone at once; the tables in the end are those of an undisturbed run."""
    out = tmp_path / "results"
    command = [*GAIT, "batch", str(season), "--out", str(out), "--workers", "2"]
    process = subprocess.Popen(command, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL, start_new_session=True)
    deadline = time.monotonic() + 60
    while not list(out.glob("recordings/*.parquet")) and process.poll() is None and time.monotonic() < deadline:
        time.sleep(0.05)
    os.killpg(process.pid, signal.SIGKILL)
    process.wait()
    done = subprocess.run(command, capture_output=True, text=True, timeout=120)
    assert done.returncode == 3, done.stderr
    for table, expected in zip(tables(out), tables(results[0]), strict=True):
        pd.testing.assert_frame_equal(table, expected)
    lines = done.stdout.splitlines()
    assert lines[0] == "3 analysed, 0 without backward running, 1 failed."
    assert len(lines) <= 6
    assert {"index.html", "comparison.html", "summary.csv", "failures.csv"} <= {path.name for path in out.iterdir()}


def test_a_running_scheduler_does_the_same(season, results, tmp_path) -> None:
    from distributed import LocalCluster

    with LocalCluster(n_workers=1, threads_per_worker=1, dashboard_address="127.0.0.1:0", silence_logs=60) as cluster:
        entries = find_season([season]).entries[:2]
        counts = batch.run_batch(entries, tmp_path, scheduler=cluster.scheduler_address)
    assert (counts.done, counts.failed) == (1, 1)
    expected = tables(results[0])[1]
    found = tables(tmp_path)[1]
    pd.testing.assert_frame_equal(
        found, expected[expected["recording_id"].isin(found["recording_id"])].reset_index(drop=True)
    )


def test_no_scheduler_is_a_plain_error(season, tmp_path) -> None:
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        port = free.getsockname()[1]
    with pytest.raises(UsageError, match="no scheduler"):
        batch.run_batch(find_season([season]).entries, tmp_path, scheduler=f"tcp://127.0.0.1:{port}")


def test_a_full_disk_is_nobodys_recording(season, tmp_path, monkeypatch) -> None:
    """It ends the batch with a sentence and leaves no failure behind."""
    entry = find_season([season]).entries[1]
    store = stores.open_store(tmp_path)
    task = batch._tasks((entry,), store, "en", batch.AnalysisSettings())[0]

    def full(*_: object) -> None:
        raise OSError(28, "No space left on device")

    monkeypatch.setattr(batch, "write_whole", full)
    with pytest.raises(OSError, match="No space"):
        batch.analyse_task(task)
    assert stores.failed_ids(store) == stores.kept_ids(store) == set()
    with pytest.raises(UsageError, match="results cannot be written"):
        batch._give_up(OSError(28, "No space left on device"))


def test_labels_count_by_what_they_say(season, tmp_path) -> None:
    entry = find_season([season]).entries[1]
    labels = tmp_path / "labels.csv"
    store = stores.open_store(tmp_path / "out")
    keys = []
    for text in ("start_s,end_s,direction\n1,2,forward\n", "start_s,end_s,direction\n1,3,forward\n"):
        labels.write_text(text)
        told = Entry(entry.path, "", entry.source, entry.athlete, {"labels": str(labels)})
        keys.append(batch._tasks((told,), store, "en", batch.AnalysisSettings())[0].key)
    assert keys[0] != keys[1]
