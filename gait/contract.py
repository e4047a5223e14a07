"""From an analysis to the public JSON object (schema version 1), and its tables back.

``contract.schema.json`` beside this module is the JSON Schema of the object.
"""

from __future__ import annotations

import dataclasses
import re
from collections.abc import Sequence
from typing import TYPE_CHECKING, Any

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from gait.nomenclature import BOUT_METRICS, STEP_METRICS, TABLES, make_table

if TYPE_CHECKING:
    from gait.recording import Flag, Recording
    from gait.results import Analysis

SCHEMA_VERSION = "1"
GAITS = ("run", "walk")
INSTANT_DECIMALS = 3
"""Times of the recording are given to the millisecond [decimals]."""
SIGNIFICANT_DIGITS = 6

_INSTANTS = ("start_s", "end_s", "ic_s", "tc_s")
RECORDING_COLUMNS = (
    "recording_id", "athlete", "source", "date", "format", "device", "placement", "duration_s", "sampling_rate_hz",
    "n_bouts", "n_bouts_forward", "n_bouts_backward", "forward_running_s", "backward_running_s", "n_steps_forward",
    "n_steps_backward", "load_forward_gs", "load_backward_gs", "n_errors", "n_warnings", "gravest", "sentence",
    "speed_note", "simulated", "report", "version",
)  # fmt: skip
"""One row per recording: what it was and how much of what it holds. ``load_*_gs``: impulse above 1 g of all
running steps [g s], missing where the sensor does not show it."""
_DATE = re.compile(r"(?<!\d)(20\d\d)-?(0[1-9]|1[0-2])-?(0[1-9]|[12]\d|3[01])(?!\d)")


def analysis_to_dict(analysis: Analysis) -> dict[str, Any]:
    """Return the public JSON object of an analysis, as plain Python values.

    Only walking and running bouts are reported. Instants are rounded to the millisecond, other numbers to six
    digits. What is not available is None, never NaN; step metrics that no step has are left out.

    Parameters
    ----------
    analysis : Analysis
        The result to publish.
    """
    comparison = analysis.comparison
    bouts = analysis.bouts[analysis.bouts["gait"].isin(GAITS)]
    steps = analysis.steps[analysis.steps["bout_id"].isin(bouts["bout_id"])]
    steps = steps.drop(columns=[c for c in STEP_METRICS if c in steps and steps[c].isna().all()])
    metrics = analysis.metrics[analysis.metrics["gait"].isin(GAITS)]
    return {
        **recording_to_dict(analysis.recording, analysis.quality, analysis.assumptions),
        "bouts": _records(bouts),
        "steps": _records(steps),
        "metrics": _records(_complete(metrics, "value")),
        "comparison": _records(_complete(comparison.table, "forward", "backward", "ratio")),
        "summary": {
            "sentence": comparison.sentence,
            "speed_note": comparison.speed_note,
            "warnings": list(comparison.warnings),
        },
        "version": analysis.version,
    }


def recording_to_dict(recording: Recording, quality: Sequence[Flag], assumptions: Sequence[str]) -> dict[str, Any]:
    """Return the part of the public JSON object that describes the recording, without any analysis.

    Parameters
    ----------
    recording : Recording
        What was read.
    quality : sequence of Flag
        Remarks on it.
    assumptions : sequence of str
        Everything that was decided rather than read.
    """
    return {
        "schema_version": SCHEMA_VERSION,
        "recording": {
            "source": recording.source,
            "format": recording.format,
            "sha256": recording.sha256,
            "duration_s": round(float(recording.duration_s), INSTANT_DECIMALS),
            "n_samples": int(recording.n_samples),
            "sampling_rate_hz": float(_significant(np.array([recording.sampling_rate_hz]))[0]),
            "acceleration_unit": recording.acceleration_unit,
            "gravity": recording.gravity,
            "placement": recording.placement,
            "anterior_axis": recording.anterior_axis,
        },
        "assumptions": list(assumptions),
        "quality": [dataclasses.asdict(flag) for flag in quality],
    }


def dict_to_tables(result: dict[str, Any]) -> dict[str, pd.DataFrame]:
    """Return ``bouts``, ``steps``, ``metrics`` and ``comparison`` of a public JSON object as tables.

    Parameters
    ----------
    result : dict
        From `analysis_to_dict` or ``json.load``.

    Raises
    ------
    KeyError
        When the object does not hold what the contract and this version promise.
    """
    tables = {}
    for name in ("bouts", "steps", "metrics", "comparison"):
        rows = pd.DataFrame(result[name], dtype=object)
        tables[name] = make_table(name, {c: rows[c] for c in TABLES[name] if c in rows})
    return tables


def _complete(table: pd.DataFrame, *columns: str) -> pd.DataFrame:
    """Rows whose numbers are all there."""
    return pd.DataFrame(table[np.isfinite(table[list(columns)].to_numpy(dtype=float)).all(axis=1)])


def _records(table: pd.DataFrame) -> list[dict[str, Any]]:
    """Rows as dictionaries of plain Python values."""
    names = [str(name) for name in table.columns]
    columns = [_plain(name, table[name]) for name in names]
    return [dict(zip(names, row, strict=True)) for row in zip(*columns, strict=True)]


def _plain(name: str, column: pd.Series[Any]) -> list[Any]:
    if column.dtype.kind in "iub":
        return list(column.tolist())
    if column.dtype.kind != "f":
        return [None if pd.isna(value) else value for value in column]
    values = column.to_numpy(dtype=float)
    rounded = np.round(values, INSTANT_DECIMALS) if name in _INSTANTS else _significant(values)
    out = rounded.astype(object)
    out[~np.isfinite(values)] = None
    return list(out.tolist())


def _significant(values: NDArray[np.float64]) -> NDArray[np.float64]:
    """Round to six digits; what is next to nothing stays as it is."""
    usable = np.isfinite(values) & (np.abs(values) > 1e-290)
    size = np.floor(np.log10(np.abs(values), out=np.zeros_like(values), where=usable))
    scale = 10.0 ** (SIGNIFICANT_DIGITS - 1 - size)
    return np.asarray(np.where(usable, np.round(np.where(usable, values, 0.0) * scale) / scale, values))


def recording_row(analysis: Analysis, *, key: str, athlete: str, source: str, report: str) -> dict[str, Any]:
    """The row of a recording in `RECORDING_COLUMNS`, as plain values."""
    recording, bouts = analysis.recording, analysis.bouts
    runs = bouts[bouts["gait"] == "run"]
    row: dict[str, Any] = {
        "recording_id": key, "athlete": athlete, "source": source, "date": _date(recording.start_date, source),
        "format": recording.format, "device": recording.device or "", "placement": recording.placement,
        "duration_s": round(recording.duration_s, 3), "sampling_rate_hz": round(recording.sampling_rate_hz, 3),
        "n_bouts": len(bouts), "n_errors": sum(flag.severity == "error" for flag in analysis.quality),
        "n_warnings": sum(flag.severity == "warning" for flag in analysis.quality),
        "gravest": next((flag.message for flag in analysis.quality if flag.severity != "info"), ""),
        "sentence": analysis.comparison.sentence, "speed_note": analysis.comparison.speed_note,
        "simulated": recording.simulated, "report": report, "version": analysis.version,
    }  # fmt: skip
    impulse = analysis.bout_metrics.query("metric == 'impulse_gs'").set_index("bout_id")["value"]
    for way in ("forward", "backward"):
        own = runs[runs["direction"] == way]
        load = (own["bout_id"].map(impulse) * own["n_steps"]).sum(skipna=False) if len(own) else 0.0
        row |= {
            f"n_bouts_{way}": len(own), f"n_steps_{way}": int(own["n_steps"].sum()),
            f"{way}_running_s": round(float((own["end_s"] - own["start_s"]).sum()), 3),
            f"load_{way}_gs": None if pd.isna(load) else round(float(load), 4),
        }  # fmt: skip
    return {name: row[name] for name in RECORDING_COLUMNS}


def _date(start_date: str | None, source: str) -> str | None:
    """Day of the recording: from its name, which people choose, else as it says itself."""
    found = _DATE.search(source)
    if found:
        return "-".join(found.groups())
    return start_date[:10] if start_date else None


def wide_bouts(analysis: Analysis) -> pd.DataFrame:
    """One row per bout with a column for every metric, missing where it could not be measured."""
    values = analysis.bout_metrics.pivot_table(index="bout_id", columns="metric", values="value", aggfunc="first")
    values = values.reindex(index=analysis.bouts["bout_id"], columns=list(BOUT_METRICS), fill_value=float("nan"))
    own = [name for name in BOUT_METRICS if name not in TABLES["bouts"]]
    wide = pd.concat([analysis.bouts, values[own].astype(float).reset_index(drop=True)], axis=1)
    return wide.astype({name: "str" for name in wide if wide[name].dtype == object})
