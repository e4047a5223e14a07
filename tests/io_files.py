"""Files for the tests of reading, made in the tests: a runner, and the layouts of apps."""

import gzip
import io
import zipfile
from collections.abc import Mapping, Sequence

import numpy as np

G = 9.80665


def running_g(duration_s: float = 20.0, rate_hz: float = 100.0, *, gravity: bool = True, seed: int = 1) -> np.ndarray:
    """Acceleration like that of a belt in running, +1 g on y at rest, in g; shape (n, 3)."""
    rng = np.random.default_rng(seed)
    t = np.arange(round(duration_s * rate_hz)) / rate_hz
    step = 2 * np.pi * 2.7 * t
    up = 0.9 * np.sin(step) + 0.35 * np.sin(2 * step + 0.7) + 0.2 * np.sin(3 * step)
    ahead = 0.25 * np.sin(step + 1.3) + 0.1 * np.sin(2 * step)
    side = 0.2 * np.sin(step / 2) + 0.08 * np.sin(1.5 * step)
    acc = np.column_stack([side, up, ahead]) + rng.normal(0, 0.05, (len(t), 3))
    return acc + np.array([0.05, 0.98, 0.15]) if gravity else acc


def rotation_dps(duration_s: float = 20.0, rate_hz: float = 100.0) -> np.ndarray:
    """Angular rate of the same runner [°/s], shape (n, 3)."""
    t = np.arange(round(duration_s * rate_hz)) / rate_hz
    rng = np.random.default_rng(5)
    waves = np.column_stack([np.sin(2 * np.pi * f * t + p) for f, p in ((1.35, 0.1), (2.7, 1.0), (2.7, 2.0))])
    return waves * [90, 60, 120] + rng.normal(0, 4, waves.shape)


def table(
    header: str | None, columns: Sequence[np.ndarray | Sequence[str]], *, delimiter: str = ",", decimal: str = ".",
    fmt: str = "%.5f", end: str = "\n", last_end: bool = True,
) -> bytes:  # fmt: skip
    """A text table as bytes; whole numbers and text are written as they are."""
    cells = [[c if isinstance(c, str) else str(c) if isinstance(c, (int, np.integer)) else fmt % c for c in column]
             for column in columns]  # fmt: skip
    rows = [
        delimiter.join(cell.replace(".", decimal) if decimal != "." else cell for cell in row)
        for row in zip(*cells, strict=True)
    ]
    lines = ([header] if header is not None else []) + rows
    return (end.join(lines) + (end if last_end else "")).encode()


def seconds(n: int, rate_hz: float = 100.0) -> np.ndarray:
    """Even times [s]."""
    return np.arange(n) / rate_hz


def columns_of(acc: np.ndarray) -> list[np.ndarray]:
    """The columns of an array."""
    return [acc[:, i] for i in range(acc.shape[1])]


def named(content: bytes, name: str) -> io.BytesIO:
    """A file object with a name."""
    file = io.BytesIO(content)
    file.name = name
    return file


def zipped(members: Mapping[str, bytes]) -> bytes:
    """A zip archive in memory."""
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w", zipfile.ZIP_DEFLATED) as archive:
        for name, content in members.items():
            archive.writestr(name, content)
    return out.getvalue()


def gzipped(content: bytes) -> bytes:
    """Gzip in memory."""
    return gzip.compress(content, mtime=0)
