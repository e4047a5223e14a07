"""The report and its tables as files."""

from __future__ import annotations

import os
import tempfile
from pathlib import Path
from typing import TYPE_CHECKING

from gait.report.page import render_report
from gait.report.tables import table_texts

if TYPE_CHECKING:
    from gait.results import Analysis


def write_report(analysis: Analysis, path: str | os.PathLike[str]) -> Path:
    """Write the report as one HTML file that needs nothing else, and return its path.

    Parameters
    ----------
    analysis : Analysis
        From `gait.analyze`.
    path : path-like
        Where to write; missing folders are made, an existing file is replaced once the new one is complete.
    """
    target = Path(path)
    write_bytes(target, render_report(analysis).encode())
    return target


def write_tables(analysis: Analysis, folder: str | os.PathLike[str]) -> list[Path]:
    """Write ``bouts.csv``, ``steps.csv`` and ``analysis.json`` into a folder, and return their paths.

    Parameters
    ----------
    analysis : Analysis
        From `gait.analyze`.
    folder : path-like
        Is made if it does not exist.
    """
    target = Path(folder)
    texts = table_texts(analysis)
    for name, text in texts.items():
        write_bytes(target / name, text.encode())
    return [target / name for name in texts]


def write_bytes(path: Path, data: bytes) -> None:
    """Write a file so that nobody ever sees half of it.

    Parameters
    ----------
    path : pathlib.Path
        The file; missing folders are made, and a temporary file beside it is renamed.
    data : bytes
        Its content.
    """
    path.parent.mkdir(parents=True, exist_ok=True)
    handle, temporary = tempfile.mkstemp(dir=path.parent, prefix=f".{path.name}.")
    try:
        with os.fdopen(handle, "wb") as file:
            file.write(data)
        os.chmod(temporary, 0o644)
        os.replace(temporary, path)
    except BaseException:
        os.unlink(temporary)
        raise
