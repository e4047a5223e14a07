"""How fast, how large: ``python benchmarks/speed/run.py ../shared/recordings [--peers] [--environments DIR]``.

Prints tables and writes them to ``docs/benchmarks.md``. Ratios of CPU time, taken in one run on one machine, medians
over repeated runs in processes of their own. With ``--peers`` other packages are installed from the package index, each
into its own environment, and measured on the same file: the outdoor run at the hip of the recordings, tiled.
"""

from __future__ import annotations

import argparse
import json
import os
import platform
import resource
import statistics
import subprocess
import sys
import tempfile
import venv
from importlib.metadata import version
from pathlib import Path

import numpy as np
import pandas as pd

HERE = Path(__file__).parent
DOCS = HERE.parents[1] / "docs" / "benchmarks.md"
SOURCE = "cases/hip_outdoor_1.csv.gz"
PEERS = {"sensormotion": "sensormotion", "skdh": "scikit-digital-health", "mobgap": "mobgap"}
REPEATS = 5

Row = tuple[str, str, str]


def tiled(source: Path, target: Path, hours: float, *, rate_hz: float = 100.0) -> Path:
    """The recording again and again, in its own layout, to a length of hours."""
    table = pd.read_csv(source)
    n = round(hours * 3600 * rate_hz)
    values = table[["acc_x_g", "acc_y_g", "acc_z_g"]].to_numpy()
    if rate_hz != 100.0:
        at = np.arange(round(len(values) * rate_hz / 100.0)) * 100.0 / rate_hz
        values = np.stack([np.interp(at, np.arange(len(values)), column) for column in values.T], axis=1).round(3)
    whole = np.resize(values, (n, 3))
    out = pd.DataFrame(whole, columns=["acc_x_g", "acc_y_g", "acc_z_g"])
    out.insert(0, "time_s", (np.arange(n) / rate_hz).round(4))
    out.to_csv(target, index=False)
    return target


def measure(name: str, path: Path, python: str = sys.executable, repeats: int = REPEATS) -> dict[str, float]:
    """Cost of a method in a process of its own."""
    done = subprocess.run(
        [python, str(HERE / "measure.py"), name, str(path), str(repeats)], capture_output=True, text=True
    )
    if done.returncode:
        raise RuntimeError(done.stderr.strip().splitlines()[-1] if done.stderr.strip() else "no output")
    found: dict[str, float] = json.loads(done.stdout.splitlines()[-1])
    return found


def command_s(*command: str) -> float:
    """Median CPU time of a command, from its start to its end [s]."""
    took = []
    for _ in range(REPEATS):
        before = resource.getrusage(resource.RUSAGE_CHILDREN)
        subprocess.run(command, check=True, capture_output=True)
        after = resource.getrusage(resource.RUSAGE_CHILDREN)
        took.append(after.ru_utime + after.ru_stime - before.ru_utime - before.ru_stime)
    return statistics.median(took)


def met(value: float, limit: float) -> str:
    """Target and whether it is met."""
    return f"at most {limit:g}: {'met' if value <= limit else 'not met'}"


def hour(path: Path) -> list[Row]:
    """Reading and analysis of an hour."""
    base, lines, read, whole = (measure(name, path) for name in ("read_csv", "scipy_lines", "gait_read", "gait_all"))
    by_base, by_lines = whole["warm_s"] / base["warm_s"], whole["warm_s"] / lines["warm_s"]
    report = measure("gait_report", path, repeats=2)
    return [
        ("pandas.read_csv [s]", f"{base['warm_s']:.3f}", ""),
        ("four lines of scipy [s]", f"{lines['warm_s']:.3f}", ""),
        ("reading by read_csv", f"{read['warm_s'] / base['warm_s']:.2f}", ""),
        ("reading and analysis [s], first time", f"{whole['warm_s']:.3f}, {whole['cold_s']:.3f}", ""),
        ("reading and analysis by read_csv", f"{by_base:.1f}", met(by_base, 6)),
        ("reading and analysis by four lines of scipy", f"{by_lines:.1f}", met(by_lines, 6)),
        ("memory [MB]", f"{whole['memory_mb']:.0f}", met(whole["memory_mb"], 300)),
        ("report [s]", f"{report['warm_s']:.2f}", ""),
    ]


def cold(path: Path, folder: Path) -> list[Row]:
    """Start of the command, and five minutes from start to end."""
    python, gait = sys.executable, str(Path(sys.executable).with_name("gait"))
    typer_s, help_s = command_s(python, "-c", "import typer"), command_s(gait, "--help")
    libraries_s = command_s(python, "-c", "import pandas, scipy.signal")
    told = ["--placement", "hip", "--calibrate", "first-run"]
    plain_s = command_s(gait, "analyze", str(path), *told, "--json", str(folder / "out.json"))
    report_s = command_s(gait, "analyze", str(path), *told, "--out", str(folder / "out"))
    return [
        ("gait --help by importing typer", f"{help_s / typer_s:.2f}", met(help_s / typer_s, 3)),
        ("gait analyze, 5 minutes, by importing pandas and scipy.signal", f"{plain_s / libraries_s:.2f}",
         met(plain_s / libraries_s, 1.5)),
        ("more for the report [s]", f"{report_s - plain_s:.2f}", met(report_s - plain_s, 2.5)),
    ]  # fmt: skip


def size(hour_path: Path, day: Path, fast: Path) -> list[Row]:
    """A day at 100 Hz, two hours at 500 Hz."""
    one, many, quick = (
        measure("gait_all", hour_path),
        measure("gait_all", day, repeats=1),
        measure("gait_all", fast, repeats=1),
    )
    per_hour = many["warm_s"] / 24 / one["warm_s"]
    columns_mb = 24 * 360_000 * 4 * 8 / 1e6
    memory = many["memory_mb"] / columns_mb
    return [
        ("24 h: cost of an hour by that of one hour alone", f"{per_hour:.2f}", met(per_hour, 1.15)),
        ("24 h: memory by its four columns", f"{memory:.1f}", met(memory, 8)),
        ("24 h: seconds", f"{many['warm_s']:.1f}", ""),
        ("2 h at 500 Hz: seconds, memory [MB]", f"{quick['warm_s']:.1f}, {quick['memory_mb']:.0f}", ""),
    ]


def page(day: Path, folder: Path) -> list[Row]:
    """The report of a day in Chromium."""
    from playwright.sync_api import sync_playwright

    import gait
    from gait.report import write_report

    analysis = gait.analyze(gait.read_recording(day, placement="hip"), calibrate="first-run")
    path = write_report(analysis, folder / "day.html")
    with sync_playwright() as play:
        browser = play.chromium.launch(executable_path="/usr/bin/chromium", args=["--no-sandbox"])
        page = browser.new_page()
        page.goto(path.as_uri())
        seconds = page.evaluate("performance.getEntriesByType('navigation')[0].loadEventEnd") / 1000
        browser.close()
    return [
        ("report of 24 h: seconds to open in Chromium", f"{seconds:.2f}", met(seconds, 3)),
        ("report of 24 h: size [MB]", f"{path.stat().st_size / 1e6:.1f}", ""),
    ]


def peers(path: Path, environments: Path) -> list[Row]:
    """Other packages on the same file, each in its own environment."""
    whole = measure("gait_all", path)
    rows = []
    for name, package in PEERS.items():
        place = environments / name
        python = str(place / "bin" / "python")
        try:
            if not place.exists():
                venv.create(place, with_pip=True)
                install = [python, "-m", "pip", "install", "-q", package, "pandas"]
                subprocess.run(install, check=True, capture_output=True)
            found = measure(name, path, python, repeats=1)
            code = f"import importlib.metadata as m; print(m.version('{package}'))"
            which = subprocess.run([python, "-c", code], capture_output=True, text=True, check=True).stdout.strip()
        except (subprocess.CalledProcessError, RuntimeError) as error:
            rows.append((f"{package}", "not measured", str(error)[:160].replace("|", "/")))
            continue
        ratio = found["warm_s"] / whole["warm_s"]
        target = f"at least 25: {'met' if ratio >= 25 else 'not met'}" if name == "skdh" else ""
        rows.append((f"{package} {which} by gait [times the CPU]", f"{ratio:.1f} ({found['warm_s']:.1f} s)", target))
    return rows


def table(title: str, rows: list[Row]) -> str:
    """Markdown."""
    lines = [f"## {title}", "", "| what | figure | target |", "|---|---|---|"]
    return "\n".join([*lines, *(f"| {a} | {b} | {c} |" for a, b, c in rows), ""])


def main() -> None:
    """Measure, print, write."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("recordings", type=Path)
    parser.add_argument("--peers", action="store_true")
    parser.add_argument("--environments", type=Path)
    asked = parser.parse_args()
    source = asked.recordings / SOURCE
    if not source.is_file():
        sys.exit(f"{source} is missing. Give the folder of the recordings")
    with tempfile.TemporaryDirectory() as temporary:
        folder = Path(temporary)
        one = tiled(source, folder / "hour.csv", 1)
        day, fast = tiled(source, folder / "day.csv", 24), tiled(source, folder / "fast.csv", 2, rate_hz=500.0)
        five = tiled(source, folder / "five.csv", 5 / 60)
        parts = [
            table("One hour at 100 Hz", hour(one)), table("From start to end", cold(five, folder)),
            table("Large recordings", [*size(one, day, fast), *page(day, folder)]),
        ]  # fmt: skip
        if asked.peers:
            environments = asked.environments or folder
            parts.append(table("Other packages, one hour at 100 Hz, CPU time", peers(one, environments)))
    packages = ", ".join(f"{name} {version(name)}" for name in ("numpy", "scipy", "pandas", "matplotlib"))
    machine = f"{os.cpu_count()} cores, {platform.machine()}, Python {platform.python_version()}, {packages}"
    head = (
        "# Benchmarks\n\nWritten by `python benchmarks/speed/run.py ../shared/recordings --peers`: CPU time, medians "
        "over repeated runs,\nall in one run on one machine. The recording is an outdoor run at the hip (25 minutes, "
        "100 Hz), tiled.\n\n"
        f"Machine: {machine}.\n"
    )
    text = head + "\n" + "\n".join(parts)
    print(text)
    DOCS.write_text(text, encoding="utf-8")


if __name__ == "__main__":
    main()
