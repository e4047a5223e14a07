"""The tables of a result as text."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING

import pandas as pd

from gait.contract import wide_bouts

if TYPE_CHECKING:
    from gait.results import Analysis


def table_texts(analysis: Analysis) -> dict[str, str]:
    """Return the text of each file that belongs to a report, by file name."""
    return {
        "bouts.csv": _csv(wide_bouts(analysis)),
        "steps.csv": _csv(named_steps(analysis)),
        "analysis.json": json.dumps(analysis.to_dict(), ensure_ascii=False, allow_nan=False),
    }


def named_steps(analysis: Analysis) -> pd.DataFrame:
    """Return the steps with the gait and direction of their bout."""
    named = analysis.bouts.set_index("bout_id")[["gait", "direction", "direction_group"]]
    return analysis.steps.join(named, on="bout_id")


def _csv(table: pd.DataFrame) -> str:
    return table.round(6).to_csv(index=False, lineterminator="\n")
