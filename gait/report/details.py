"""What stands below the first screen."""

from __future__ import annotations

import base64
import dataclasses
import math
from collections.abc import Hashable, Mapping
from typing import TYPE_CHECKING, Any

from gait.language import duration
from gait.language import gettext as _
from gait.metrics import verdicts
from gait.nomenclature import BOUT_METRICS, ESTIMATED, in_words, place_words
from gait.plots import select, words
from gait.report.tables import table_texts

if TYPE_CHECKING:
    from gait.recording import Recording
    from gait.results import Analysis

MAX_EMBEDDED_BYTES = 400_000
"""A table longer than this is not kept inside the page [bytes]."""
GLOSSARY_TERMS = ("bout_id", "direction", "direction_group", "ic_s", "tc_s", *BOUT_METRICS, "mdc_ratio", "hedges_g")


def details(analysis: Analysis) -> dict[str, Any]:
    """Return what the lower part of the page shows."""
    columns, measured = _measured(analysis)
    texts = table_texts(analysis)
    kept = {name: text for name, text in texts.items() if len(text.encode()) <= MAX_EMBEDDED_BYTES}
    sections = {
        "pictures": _("Pictures"), "bouts": _("Bouts"), "measurements": _("All measurements"),
        "remarks": _("Remarks on this recording"), "computed": _("How this was computed"),
        "claims": _("What is claimed, what was measured"), "glossary": _("Glossary"), "downloads": _("Downloads"),
    }  # fmt: skip
    if not len(analysis.bouts):
        del sections["measurements"], sections["pictures"]
    return {
        "sections": list(sections.items()), "unmeasured": _unmeasured(analysis),
        "columns": columns, "measured": measured, "worn": _worn(analysis.recording), "ratios": _ratios(analysis),
        "bout_rows": _bout_rows(analysis), "clipped": clipped_note(analysis), "cannot": _cannot(analysis),
        "assumptions": analysis.assumptions,
        "facts": _facts(analysis), "settings": list(dataclasses.asdict(analysis.settings).items()),
        "literature": _literature(), "terms": _terms(),
        "links": [(name, _link(name, text)) for name, text in kept.items()], "left_out": sorted(set(texts) - set(kept)),
    }  # fmt: skip


def clipped_share(analysis: Analysis) -> float:
    """Return the share of the steps in which the sensor reached its limit."""
    return float(analysis.steps["clipped"].mean()) if len(analysis.steps) else 0.0


def clipped_note(analysis: Analysis) -> str:
    """Say that peaks are cut off where the sensor reached its limit too often; empty otherwise."""
    share = clipped_share(analysis)
    if share <= analysis.settings.max_clipped_share:
        return ""
    return _(
        "The sensor reached its limit in {share:.0f} % of the steps: true peaks were higher than shown.",
        share=100 * share,
    )


def percent(ratio: float) -> str:
    """Write a ratio as a change in percent that no line break tears apart, e.g. ``+12.3 %``."""
    return verdicts.percent(ratio).replace(" ", "\u00a0") if math.isfinite(ratio) else _("not available")


def _bout_rows(analysis: Analysis) -> list[dict[str, Any]]:
    keys = select.series_of(analysis.bouts)
    rows = []
    for bout in analysis.bouts.to_dict("records"):
        interval = [
            words.number(f"cadence_spm_{end}", bout[f"cadence_spm_{end}"], unit=False) for end in ("low", "high")
        ]
        text = words.number("cadence_spm", bout["cadence_spm"], unit=False)
        if math.isfinite(bout["cadence_spm_low"]):
            text += f" ({interval[0]}–{interval[1]})"
        speed = bout["speed_ms"]
        known = words.number("speed_ms", speed, unit=False) if math.isfinite(speed) else _("not known")
        rows.append(
            {
                **{str(name): value for name, value in bout.items()},
                "key": keys[bout["bout_id"]],
                "cadence": text,
                "speed": known,
            }
        )
    return rows


def _measured(analysis: Analysis) -> tuple[list[dict[str, Any]], list[dict[str, Any]]]:
    """Columns (one per gait and direction) and rows (one per metric) of the table of all measurements."""
    table = analysis.metrics
    pairs = list(dict.fromkeys(zip(table["gait"], table["direction"], strict=True)))
    grouped = {"A", "B"} <= set(select.running(analysis))
    columns = [{"title": _column_title(gait, direction, grouped=grouped)} for gait, direction in pairs]
    cells = {(row["metric"], row["gait"], row["direction"]): row for row in table.to_dict("records")}
    rows = []
    for metric in [metric for metric in BOUT_METRICS if metric in set(table["metric"])]:
        found = [cells.get((metric, *pair)) for pair in pairs]
        rows.append(
            {
                "metric": metric,
                "status": _kind(metric, next(row for row in found if row)),
                "cells": [_cell(metric, row) for row in found],
            }
        )
    return columns, rows


def _kind(metric: str, row: Mapping[Hashable, Any]) -> str:
    """Whether a number is measured, through which filter, and what may fall between the readings."""
    text = _("estimate from a model") if metric in ESTIMATED else _("measured")
    if math.isfinite(row["low_pass_hz"]):
        text = _("{kind}, low-pass {cutoff:.0f} Hz", kind=text, cutoff=row["low_pass_hz"])
    if math.isfinite(row["sampled_share_mean"]):
        text = _(
            "{kind}; of the quickest peaks the readings show {mean:.0f} % on average, {worst:.0f} % at worst",
            kind=text, mean=100 * row["sampled_share_mean"], worst=100 * row["sampled_share_worst"],
        )  # fmt: skip
    return text


def _unmeasured(analysis: Analysis) -> str:
    """Say why nothing stands in the table of all measurements."""
    if not len(analysis.bout_metrics):
        return _("Nothing could be measured.")
    fewest = analysis.settings.min_steps_per_bout
    return _("No bout has the {n} steps that a mean needs; the numbers above are those of single bouts.", n=fewest)


def _worn(recording: Recording) -> str:
    return _(
        "Worn at: {place}. {rate:.0f} readings per second.",
        place=place_words(recording.placement), rate=recording.true_rate_hz,
    )  # fmt: skip


def _column_title(gait: str, direction: str, *, grouped: bool) -> str:
    what = _("Running") if gait == "run" else _("Walking")
    name = words.series_name(direction)
    if direction == "unknown" and gait == "run" and grouped:
        name = _("{unknown} (groups A and B together)", unknown=name)
    return f"{what}, {name}"


def _cell(metric: str, row: Mapping[Hashable, Any] | None) -> tuple[str, str]:
    if row is None:
        return _("not available"), ""
    text = words.number(metric, row["value"], unit=False)
    if math.isfinite(row["low"]) and math.isfinite(row["high"]):
        low, high = (words.number(metric, row[end], unit=False) for end in ("low", "high"))
        text += " " + _("({low} to {high})", low=low, high=high)
    return text, f"{verdicts.n_bouts(int(row['n_bouts']))}, {verdicts.n_steps(int(row['n_steps']))}"


def _ratios(analysis: Analysis) -> list[dict[str, Any]]:
    rows = []
    for row in analysis.comparison.table.to_dict("records"):
        counts = [f"{row[f'n_bouts_{way}']} / {row[f'n_steps_{way}']}" for way in ("forward", "backward")]
        rows.append(
            {
                "metric": row["metric"], "ratio": words.ratio(row["ratio"], row["ratio_low"], row["ratio_high"]),
                "mdc": percent(row["mdc_ratio"] if row["ratio"] >= 1 else 1 / row["mdc_ratio"]), "counts": counts,
                "verdict": words.tied(row["verdict"]),
            }
        )  # fmt: skip
    return rows


def _cannot(analysis: Analysis) -> list[tuple[str, str]]:
    names = {
        "cadence": _("Cadence"), "direction": _("Forward or backward"), "contacts": _("Initial and terminal contact"),
        "peaks": _("Landing peaks"), "slope": _("Steepness of landing"), "tibial": _("Peaks at the shank"),
    }  # fmt: skip
    return [(names.get(key, key), sentence(why)) for key, why in analysis.capabilities.items() if why]


def sentence(text: str) -> str:
    """Return a clause as a sentence."""
    return f"{words.capital(text).rstrip('.')}." if text else ""


def _facts(analysis: Analysis) -> list[tuple[str, str]]:
    recording = analysis.recording
    gravity = {
        "included": _("contained in the readings"),
        "removed": _("removed by the app"),
        "unknown": _("not known"),
    }
    rows, true_rate = recording.sampling_rate_hz, recording.true_rate_hz
    rate = _("{rows:.4g} rows per second", rows=rows)
    if true_rate < 0.99 * rows:
        rate += _(", of which {true:.4g} hold new values", true=true_rate)
    facts = [
        (_("File"), recording.source), (_("Fingerprint of the file (SHA-256)"), recording.sha256),
        (_("Taken for"), layout(recording)), (_("Length"), duration(recording.duration_s)),
        (_("Readings"), f"{recording.n_samples}, {rate}"), (_("Unit in the file"), recording.acceleration_unit),
        (_("Gravity"), gravity[recording.gravity]), (_("Place on the body"), place_words(recording.placement)),
        (_("Side of the device that faced the runner's front"), recording.anterior_axis or _("not stated")),
        (_("Program"), f"retrogait {analysis.version}"),
    ]  # fmt: skip
    return facts


def layout(recording: Recording) -> str:
    """Name the layout of the file; names of apps are the same in every language."""
    return {"generic text": _("text table"), "arrays": _("arrays in memory")}.get(recording.format, recording.format)


def _literature() -> list[tuple[str, str]]:
    """Claims about backward running and what studies found; the wording is exact on purpose."""
    return [
        (
            _("“Three to five times the calories”"),
            _("Laboratory studies at matched speed found backward running to cost about 30–35 % more energy than "
              "forward running (n = 4 and n = 8). Claims of 3–5 times are not supported."),
        ),
        (_("“One lap backward is worth six forward”"), _("No study was found that measured this.")),
        (
            _("“Easier on the knees”"),
            _("Knee (patellofemoral) load was 24 % lower in one matched-speed study of 20 people, not in everyone, and "
              "no different in another at 1 m/s."),
        ),
    ]  # fmt: skip


def _terms() -> list[tuple[str, str, str]]:
    own = [
        (_("g"), _("Unit of acceleration: 1 g is what gravity alone gives while you stand still."), ""),
        (
            _("95 % interval"),
            _("The range in which the true mean probably lies, judged by how much your bouts differ."),
            _("It says nothing about errors that all bouts share."),
        ),
    ]
    terms = []
    for name in GLOSSARY_TERMS:
        quantity = in_words(name)
        unit = f" [{quantity.unit}]" if quantity.unit else ""
        terms.append((f"{quantity.label}{unit} ({name})", quantity.meaning, quantity.caution))
    return own + terms


def _link(name: str, text: str) -> str:
    kind = "application/json" if name.endswith(".json") else "text/csv;charset=utf-8"
    return f"data:{kind};base64,{base64.b64encode(text.encode()).decode()}"
