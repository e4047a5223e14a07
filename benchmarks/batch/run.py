"""Seasons on disk, end to end: ``python benchmarks/batch/run.py season`` (or kills, workers, cluster).

season    a season with 12 files broken in 12 ways runs to the end; a second run has nothing to do; one more file is one
kills     the command is killed (SIGKILL) at random moments and started again; the tables are those of a plain run
workers   two workers against one; cost of scheduling; memory of the workers over the season
cluster   the same through ``dask scheduler`` and two ``dask worker``; one of them is killed in the middle

Everything is simulated and written to a temporary folder, or to ``--folder`` where it is kept.
"""

from __future__ import annotations

import argparse
import contextlib
import gzip
import os
import random
import shutil
import signal
import socket
import subprocess
import sys
import tempfile
import time
import zipfile
from collections.abc import Iterator
from concurrent.futures import ProcessPoolExecutor
from pathlib import Path

import pandas as pd

from gait.simulate import Device, Stretch, simulate_session, write_recording
from gait.simulate.season import random_runner

LAYOUTS = (
    ("sensor-logger-android", ".zip"), ("sensor-logger-ios", ".zip"), ("phyphox", ".csv"), ("sensorlog", ".csv"),
    ("physics-toolbox", ".csv"), ("csv", ".csv"),
)  # fmt: skip
ATHLETES = 20
GAIT = [sys.executable, "-c", "from gait.app.cli import main; main()"]


def one_file(root: Path, number: int, minutes: float) -> Path:
    """A recording of alternating runs and rests, of one of 20 athletes, in one of six layouts."""
    athlete = number % ATHLETES
    plan, seconds = [Stretch("rest", 5.0)], 5.0
    ways = ("forward", "backward")
    while seconds < 60 * minutes - 60:
        plan += [Stretch("run", 40.0, ways[len(plan) // 2 % 2]), Stretch("rest", 20.0)]
        seconds += 60.0
    made = simulate_session(plan, random_runner(athlete), Device(), seed=number)
    layout, suffix = LAYOUTS[number % len(LAYOUTS)]
    week = number // ATHLETES
    path = (
        root
        / f"athlete_{athlete:02d}"
        / f"simulated_2026-{3 + week // 4:02d}-{1 + 7 * (week % 4):02d}_{number}{suffix}"
    )
    path.parent.mkdir(parents=True, exist_ok=True)
    return write_recording(made, path, layout)


def write_season(root: Path, files: int, minutes: float) -> None:
    """All files of a season, simulated side by side, and the table of athletes."""
    with ProcessPoolExecutor() as pool:
        list(pool.map(one_file, [root] * files, range(files), [minutes] * files, chunksize=4))
    rows = [f"athlete_{k:02d},lower_back,first-run" for k in range(ATHLETES)]
    (root / "athletes.csv").write_text("athlete,placement,calibrate\n" + "\n".join(rows) + "\n")


def write_broken(root: Path) -> int:
    """Twelve files that are broken in twelve ways."""
    folder = root / "athlete_00"
    lines = ["time_s,acc_x_g,acc_y_g,acc_z_g", *(f"{k / 100},0.0,0.0,{1 + 0.01 * (k % 7)}" for k in range(2000))]
    good = "\n".join(lines)
    texts: dict[str, bytes] = {
        "empty.csv": b"", "words.txt": b"Dear coach,\nhere is my run.\n",
        "two_axes.csv": b"time_s,acc_x_g,acc_y_g\n0,0,1\n",
        "gyroscope.csv": good.replace("acc", "gyr").replace("_g", "_rads").encode(),
        "half.zip": b"PK\x03\x04" + os.urandom(2000), "half.csv.gz": gzip.compress(good.encode())[:300],
        "picture.csv": b"\x89PNG\r\n\x1a\n" + os.urandom(2000),
        "slow.csv": "\n".join(lines[:1] + lines[1::50]).encode(),
        "backward_clock.csv": "\n".join(lines[:1] + lines[:0:-1]).replace("time_s", "t").encode(),
        "no_numbers.csv": b"time_s,acc_x_g,acc_y_g,acc_z_g\n" + b"a,b,c,d\n" * 500,
        "no_clock.csv": "\n".join(line.split(",", 1)[1] for line in lines).encode(),
    }  # fmt: skip
    for name, data in texts.items():
        (folder / f"broken_{name}").write_bytes(data)
    with zipfile.ZipFile(folder / "broken_bomb.zip", "w", zipfile.ZIP_DEFLATED) as archive:
        archive.writestr("Accelerometer.csv", b"0" * 2**27)
    return len(texts) + 1


def batch(season: Path, out: Path, *options: str) -> tuple[int, float]:
    """Run the command; exit status and wall time [s]."""
    start = time.monotonic()
    done = subprocess.run([*GAIT, "batch", str(season), "--out", str(out), *options], stdout=subprocess.DEVNULL)
    return done.returncode, time.monotonic() - start


def tables(out: Path) -> list[pd.DataFrame]:
    """The final tables of a results folder."""
    from gait import store as stores

    store = stores.open_store(out)
    readers = (stores.read_recordings, stores.read_bouts, stores.read_comparisons, stores.read_failures)
    return [reader(store) for reader in readers]


def equal(one: Path, two: Path) -> bool:
    """Whether the final tables are the same to the last digit."""
    return all(a.equals(b) for a, b in zip(tables(one), tables(two), strict=True))


def run_season(folder: Path, files: int, minutes: float) -> list[tuple[str, str]]:
    """A whole season, again, and with one more file."""
    season, out = folder / "season", folder / "results"
    write_season(season, files, minutes)
    broken = write_broken(season)
    status, first_s = batch(season, out)
    recordings, _, _, failures = tables(out)
    again_status, again_s = batch(season, out)
    one_file(season, files + ATHLETES, minutes)
    _, more_s = batch(season, out)
    more = len(tables(out)[0])
    return [
        (f"files of {minutes:g} minutes, broken files", f"{files}, {broken}"),
        ("first run: exit status", str(status)),
        ("first run: analysed, failed, seconds", f"{len(recordings)}, {len(failures)}, {first_s:.0f}"),
        ("every failure has a remedy", str(bool(failures["remedy"].str.len().gt(0).all()))),
        ("second run: exit status", str(again_status)),
        ("second run: seconds, share of the first", f"{again_s:.1f}, {again_s / first_s:.1%}"),
        ("one more file: newly analysed, seconds", f"{more - len(recordings)}, {more_s:.1f}"),
    ]  # fmt: skip


def run_kills(folder: Path, files: int, minutes: float, kills: int) -> list[tuple[str, str]]:
    """Kill and start again."""
    season, plain, out = folder / "season", folder / "undisturbed", folder / "results"
    write_season(season, files, minutes)
    write_broken(season)
    _, whole_s = batch(season, plain)
    chance, killed, completed, same = random.Random(0), 0, 0, True
    while killed < kills:
        process = subprocess.Popen(
            [*GAIT, "batch", str(season), "--out", str(out)], start_new_session=True, stdout=subprocess.DEVNULL,
            stderr=subprocess.DEVNULL,
        )  # fmt: skip
        try:
            process.wait(chance.uniform(0.2, max(0.6 * whole_s, 4.0)))
            completed += 1
            same &= equal(plain, out)
            shutil.rmtree(out)
        except subprocess.TimeoutExpired:
            os.killpg(process.pid, signal.SIGKILL)
            process.wait()
            killed += 1
            if out.exists():
                tables(out)  # what is there can be read at any moment
    batch(season, out)
    return [
        ("killed while it ran, runs that came to their end between", f"{killed}, {completed}"),
        ("tables equal each time", str(same and equal(plain, out))),
    ]


def run_workers(folder: Path, files: int, minutes: float) -> list[tuple[str, str]]:
    """Two workers against one."""
    season = folder / "season"
    write_season(season, files, minutes)
    seconds = {n: batch(season, folder / f"with {n}", "--workers", str(n))[1] for n in (1, 2)}
    return [
        ("seconds with one worker, with two", f"{seconds[1]:.1f}, {seconds[2]:.1f}"),
        ("times as fast with two", f"{seconds[1] / seconds[2]:.2f}"),
        ("scheduling per file [ms]", f"{1000 * scheduling_s(200) / 200:.1f}"),
        ("memory after a tenth of the files and after all [MB]", "{:.0f}, {:.0f}".format(*memory_mb(season))),
        ("tables equal", str(equal(folder / "with 1", folder / "with 2"))),
    ]  # fmt: skip


def scheduling_s(n: int) -> float:
    """What submitting and collecting costs, for tasks that do nothing [s]."""
    import dask
    from distributed import Client, LocalCluster

    from gait.batch import CONFIG

    with (
        dask.config.set(CONFIG),
        LocalCluster(n_workers=2, threads_per_worker=1, dashboard_address="127.0.0.1:0", silence_logs=60) as cluster,
        Client(cluster) as client,
    ):
        client.gather(client.map(abs, range(10), pure=False))
        start = time.monotonic()
        client.gather(client.map(abs, range(n), pure=False))
        return time.monotonic() - start


def memory_mb(season: Path) -> tuple[float, float]:
    """Largest resident memory of one process that does what a worker does, early and at the end [MB]."""
    code = (
        "import resource, sys, tempfile; from pathlib import Path\n"
        "from gait import batch; from gait.season import find_season; from gait.store import open_store\n"
        "store = open_store(tempfile.mkdtemp()); entries = find_season([Path(sys.argv[1])]).entries\n"
        "tasks = batch._tasks(entries, store, 'en', batch.AnalysisSettings())\n"
        "for k, task in enumerate(tasks):\n"
        "    batch.analyse_task(task)\n"
        "    if k + 1 in (max(len(tasks) // 10, 1), len(tasks)):\n"
        "        print(resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024)\n"
    )
    done = subprocess.run([sys.executable, "-c", code, str(season)], capture_output=True, text=True, check=True)
    early, late = (float(line) for line in done.stdout.split())
    return early, late


@contextlib.contextmanager
def cluster(workers: int) -> Iterator[tuple[str, list[subprocess.Popen[bytes]]]]:
    """A scheduler and workers as their own processes."""
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        port = free.getsockname()[1]
    dask = [sys.executable, "-m", "dask"]
    quiet = {"stdout": subprocess.DEVNULL, "stderr": subprocess.DEVNULL}
    address = f"tcp://127.0.0.1:{port}"
    processes = [
        subprocess.Popen([*dask, "scheduler", "--host", "127.0.0.1", "--port", str(port), "--no-dashboard"], **quiet)
    ]
    processes += [
        subprocess.Popen([*dask, "worker", address, "--nthreads", "1", "--no-dashboard", "--no-nanny"], **quiet)
        for _ in range(workers)
    ]
    time.sleep(8)
    try:
        yield address, processes[1:]
    finally:
        for process in processes:
            process.kill()
            process.wait()


def run_cluster(folder: Path, files: int, minutes: float) -> list[tuple[str, str]]:
    """Through a scheduler, and with a worker killed in the middle."""
    season, plain = folder / "season", folder / "local"
    write_season(season, files, minutes)
    _, local_s = batch(season, plain)
    with cluster(2) as (address, _):
        batch(season, folder / "cluster", "--scheduler", address)
    with cluster(2) as (address, workers):
        command = [*GAIT, "batch", str(season), "--out", str(folder / "killed"), "--scheduler", address]
        with subprocess.Popen(command, stdout=subprocess.DEVNULL) as process:
            time.sleep(max(0.4 * local_s, 3.0))
            workers[0].kill()
            process.wait(600)
    return [
        ("tables equal through a scheduler", str(equal(plain, folder / "cluster"))),
        ("tables equal, one of two workers killed in the middle", str(equal(plain, folder / "killed"))),
    ]


def main() -> None:
    """Run one of the checks and print its table."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("what", choices=("season", "kills", "workers", "cluster"))
    parser.add_argument("--files", type=int, default=300)
    parser.add_argument("--minutes", type=float, default=30.0)
    parser.add_argument("--kills", type=int, default=50)
    parser.add_argument("--folder", type=Path)
    asked = parser.parse_args()
    options = (asked.files, asked.minutes)
    with contextlib.ExitStack() as stack:
        folder = asked.folder or Path(stack.enter_context(tempfile.TemporaryDirectory()))
        if asked.what == "kills":
            rows = run_kills(folder, *options, asked.kills)
        else:
            rows = {"season": run_season, "workers": run_workers, "cluster": run_cluster}[asked.what](folder, *options)
    print(f"\n| {asked.what}, {asked.files} files of {asked.minutes:g} minutes, {os.cpu_count()} cores | |\n|---|---|")
    for name, value in rows:
        print(f"| {name} | {value} |")


if __name__ == "__main__":
    main()
