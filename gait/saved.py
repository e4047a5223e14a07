"""The tables of a result in files, and back: Parquet for all of them, JSON for those of the public object."""

from __future__ import annotations

import json
import os
from pathlib import Path
from typing import TYPE_CHECKING

import pandas as pd

from gait.contract import dict_to_tables
from gait.errors import NotFoundError, RecordingError
from gait.nomenclature import TABLES, make_table

if TYPE_CHECKING:
    from gait.results import Analysis


def result_tables(analysis: Analysis) -> dict[str, pd.DataFrame]:
    """All tables of a result by name, see ``nomenclature.TABLES``."""
    return {name: analysis.comparison.table if name == "comparison" else getattr(analysis, name) for name in TABLES}


def save_tables(analysis: Analysis, folder: str | os.PathLike[str]) -> Path:
    """Write each table of a result as a Parquet file of its name, and ``analysis.json`` beside them.

    Parameters
    ----------
    analysis : Analysis
        From `gait.analyze`.
    folder : path-like
        Is made if it does not exist; files of the same names are replaced.
    """
    target = Path(folder)
    target.mkdir(parents=True, exist_ok=True)
    for name, table in result_tables(analysis).items():
        table.to_parquet(target / f"{name}.parquet", index=False)
    text = json.dumps(analysis.to_dict(), ensure_ascii=False, allow_nan=False)
    (target / "analysis.json").write_text(text, encoding="utf-8")
    return target


def load_tables(path: str | os.PathLike[str]) -> dict[str, pd.DataFrame]:
    """Read the tables of a result back, with the columns and types of ``nomenclature.TABLES``.

    Parameters
    ----------
    path : path-like
        A folder from `save_tables`: all tables. Or an ``analysis.json`` from anywhere: ``bouts``, ``steps``,
        ``metrics`` and ``comparison``, in six digits.

    Raises
    ------
    NotFoundError
        If there is no such file or folder.
    RecordingError
        If it does not hold such tables.
    """
    source = Path(path)
    if not source.exists():
        raise NotFoundError("there is no such file or folder", "Check the name", path=str(source))
    try:
        if source.is_dir():
            return {name: _typed(name, pd.read_parquet(source / f"{name}.parquet")) for name in TABLES}
        return dict_to_tables(json.loads(source.read_text("utf-8")))
    except (KeyError, TypeError, ValueError, OSError) as error:
        problem = f"this does not hold the tables of a result ({type(error).__name__})"
        raise RecordingError(problem, "Give a folder from save_tables or an analysis.json", path=str(source)) from None


def _typed(name: str, table: pd.DataFrame) -> pd.DataFrame:
    columns = {str(column): values for column, values in table.items()}
    for column, values in columns.items():
        if values.dtype.kind not in "iufb":
            columns[column] = values.astype(object).where(values.notna(), None)
    return make_table(name, columns)
