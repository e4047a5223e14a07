"""The page, and what stands on its first screen."""

from __future__ import annotations

import math
from collections.abc import Hashable, Mapping
from importlib.resources import files
from typing import TYPE_CHECKING, Any

from jinja2 import Environment, PackageLoader, StrictUndefined
from markupsafe import Markup

from gait import plots
from gait.language import current_language, duration, in_language, ngettext
from gait.language import gettext as _
from gait.metrics import verdicts
from gait.nomenclature import PRIMARY_METRICS, QUANTITIES, in_words, place_words
from gait.plots import select, words
from gait.report import details
from gait.signal.body import TRUNK

if TYPE_CHECKING:
    from gait.recording import Recording
    from gait.results import Analysis

NEEDS = {"cadence_spm": "cadence", "t_ce_s": "contacts", "kvert_over_m": "contacts", "impulse_gs": "contacts",
         "peak_vert_g": "peaks"}  # fmt: skip
"""What a recording must permit for each metric of the main table (keys of ``Analysis.capabilities``)."""
INSTEAD = {"peak_vert_g": "peak_res_g"}
"""What to show where a metric of the main table cannot be measured."""
WIDE = ("timeline", "cadence")
"""Figures that have a form as wide as the page."""


def render_report(analysis: Analysis) -> str:
    """Return the report as the text of one HTML page, in the language of the analysis: no script, nothing from outside.

    Parameters
    ----------
    analysis : Analysis
        From `gait.analyze`.
    """
    with in_language(analysis.language):
        return _environment().get_template("report.html").render(_context(analysis), asked_here=False)


def render_for_page(analysis: Analysis) -> tuple[str, str]:
    """Return the report as a page of its own, and as the main part of a page that asks open questions itself.

    Parameters
    ----------
    analysis : Analysis
        From `gait.analyze`.

    Returns
    -------
    tuple of str
        What `render_report` returns, and what stands inside of its ``<main>`` with a form in the place of the question
        which group of bouts was backward and without the section of downloads; its style is ``static/report.css``.
    """
    with in_language(analysis.language):
        environment, context = _environment(), _context(analysis)
        whole = environment.get_template("report.html").render(context, asked_here=False)
        context["sections"] = [(name, title) for name, title in context["sections"] if name != "downloads"]
        return whole, environment.get_template("report_main.html").render(context, asked_here=True)


def _context(analysis: Analysis) -> dict[str, Any]:
    css = files("gait").joinpath("static", "report.css").read_text("utf-8")
    shared: dict[str, Any] = {
        "a": analysis, "rec": analysis.recording, "css": Markup(css), "lang": current_language(),
        "names": {name: in_words(name) for name in QUANTITIES},
        "speed_note": verdicts.speed_words(analysis.comparison.speed_note),
        "styles": plots.STYLES, "series_name": words.series_name, "number": words.number, "clock": words.clock,
        "n_bouts": verdicts.n_bouts, "capital": words.capital,
    }  # fmt: skip
    return shared | _first_screen(analysis) | details.details(analysis)


def describe_recording(recording: Recording) -> str:
    """Return one line on what was analysed: file, app, length, rate, place on the body."""
    rate = _("{rate:.4g} readings per second", rate=recording.true_rate_hz)
    parts = [
        recording.source,
        details.layout(recording),
        duration(recording.duration_s),
        rate,
        place_words(recording.placement),
    ]
    return " · ".join(parts)


def _environment() -> Environment:
    environment = Environment(
        loader=PackageLoader("gait"), autoescape=True, undefined=StrictUndefined, trim_blocks=True, lstrip_blocks=True
    )
    environment.globals["_"] = _
    return environment


def _first_screen(analysis: Analysis) -> dict[str, Any]:
    compared = len(analysis.comparison.table) > 0
    keys = select.present(select.running(analysis))
    kinds = plots.available(analysis)
    answer = analysis.comparison.sentence.removesuffix(_("Simulated data.")).rstrip()  # the banner says it
    clipped = details.clipped_share(analysis) > analysis.settings.max_clipped_share
    order = ("impacts", *(() if clipped else ("waveform",)), "cadence", "timeline") if compared else ("timeline",)
    top = next((kind for kind in order if kind in kinds), None)
    return {
        "described": words.tied(describe_recording(analysis.recording)),
        "answer": words.tied(answer),
        "compared": compared, "keys": keys, "groups": _open_groups(analysis),
        "speed_open": analysis.comparison.speed_note == verdicts.NOT_CONTROLLED,
        "top": _figure(top, analysis) if top else None,
        "figures": [_figure(kind, analysis) for kind in sorted(kinds, key=lambda k: k not in WIDE) if kind != top],
        **_main_rows(analysis, keys), **_quality(analysis, any_running=len(keys) > 0),
    }  # fmt: skip


def _quality(analysis: Analysis, *, any_running: bool) -> dict[str, Any]:
    """Say in one line how good the recording is, with the gravest remarks."""
    severities = [flag.severity for flag in analysis.quality]
    warnings, errors = severities.count("warning"), severities.count("error")
    asked = _open_groups(analysis) is not None  # the box with the question says the same and more
    shown = [flag for flag in analysis.quality if not (asked and flag.code == "direction_unknown")]
    gravest = [flag for flag in shown if flag.severity != "info"][:2]
    refused = details.sentence(analysis.capabilities.get("direction", "")) if any_running else ""
    if any(flag.code == "direction_withheld" for flag in gravest):
        refused = ""
    if errors:
        worst = "error"
        line = ngettext("{n} part of the analysis was withheld.", "{n} parts of the analysis were withheld.", errors)
    elif not any_running:
        worst, line = "warning", _("There is no running to measure.")
        gravest = gravest or [flag for flag in shown if flag.code in ("no_gait", "no_running")] or shown[:1]
    elif warnings:
        worst, line = "warning", ngettext("Usable, with {n} caution.", "Usable, with {n} cautions.", warnings)
    elif refused:
        worst, line = "warning", _("Usable, but it cannot tell backward from forward.")
    else:
        worst, line = "good", _("The recording itself shows no problem.")
    return {
        "worst": worst, "quality_line": line, "gravest": gravest, "refused": refused,
        "severity_names": {"error": _("Withheld"), "warning": _("Caution"), "info": _("Note")},
    }  # fmt: skip


def _main_rows(analysis: Analysis, keys: list[str]) -> dict[str, Any]:
    """Rows of the table on the first screen, and which metrics are missing from it and why."""
    table = {row["metric"]: row for row in analysis.comparison.table.to_dict("records")}
    rows: list[dict[str, Any]] = []
    missing: dict[str, list[str]] = {}
    for metric in PRIMARY_METRICS:
        shown = metric if _has(analysis, metric) else INSTEAD.get(metric, metric)
        values = {key: select.series_value(analysis, shown, key) for key in keys}
        if shown in table:
            rows.append({"metric": shown, **_change(table[shown])})
        elif _has(analysis, shown):
            rows.append({"metric": shown, "values": values})
        elif keys:
            why = analysis.capabilities.get(NEEDS[metric]) or _("see the remarks on this recording")
            missing.setdefault(details.sentence(why), []).append(in_words(metric).label)
    return {"rows": rows, "missing": missing}


def _has(analysis: Analysis, metric: str) -> bool:
    """Whether a metric can be shown: compared where anything is, else measured."""
    table = analysis.comparison.table
    return metric in set(table["metric"]) if len(table) else len(select.bout_values(analysis, metric)) > 0


def _change(row: Mapping[Hashable, Any]) -> dict[str, Any]:
    interval = ""
    verdict = str(row["verdict"]).removeprefix(f"{in_words(row['metric']).label}: ")
    if verdicts.percent(row["ratio_low"]) not in verdict and math.isfinite(row["ratio_low"] + row["ratio_high"]):
        low, high = (details.percent(row[end]) for end in ("ratio_low", "ratio_high"))
        interval = _("({low} to {high})", low=low, high=high)
    return {
        "forward": row["forward"], "backward": row["backward"], "verdict": words.tied(words.capital(verdict)),
        "change": details.percent(row["ratio"]), "interval": interval,
        "n_forward": verdicts.n_bouts(int(row["n_bouts_forward"])),
        "n_backward": verdicts.n_bouts(int(row["n_bouts_backward"])),
    }  # fmt: skip


def _open_groups(analysis: Analysis) -> dict[str, Any] | None:
    """What to say when bouts could be grouped by direction, but nothing says which group is forward."""
    keys = select.running(analysis)
    present = [key for key in ("A", "B") if key in set(keys)]
    if not present:
        return None
    entries = []
    for key in present:
        bouts = analysis.bouts[analysis.bouts["bout_id"].isin(keys.index[keys == key])]
        text = _(
            "{bouts}, {steps}, the first at {time}",
            bouts=verdicts.n_bouts(len(bouts)), steps=verdicts.n_steps(int(bouts["n_steps"].sum())),
            time=words.clock(float(bouts["start_s"].min())),
        )  # fmt: skip
        entries.append((key, text))
    title = _("Which way was forward?")
    if len(present) == 1:
        title = _("Was this forward?")
    return {"title": title, "entries": entries, "anterior": analysis.recording.placement in TRUNK}


def _figure(kind: str, analysis: Analysis) -> dict[str, Any]:
    seen = len(analysis.overview) > 0
    captions = {
        "timeline": _("Grey: lowest and highest vertical acceleration, gravity included. Each bout has the colour, "
                      "pattern and symbol of its kind.") if seen else _("When you walked and ran."),
        "impacts": _("Every step is a small dot, every bout a large one. Compare the large ones: steps of one bout "
                     "resemble each other.") if len(analysis.steps) else _("Every bout is one marker."),
        "waveform": _("The upward acceleration during one step, averaged. Thin lines are single bouts, shaded is the "
                      "range of the bouts. Above the line at 1 g you are being pushed up."),
        "cadence": _("Steps per minute, both feet, along the recording."),
        "band_power": _("Slow movement (3-8 Hz) is bounce and push, quick movement (9-20 Hz) is the shock after "
                        "landing. Comparable within this recording only."),
        "signal": _("Straight from the file: the size of the acceleration, all directions together, in the middle of "
                    "the longest bout of each kind."),
        "dose": _("How much backward running there was, bout by bout."),
    }  # fmt: skip
    wide = plots.svg(kind, analysis, size_in=plots.WIDE_IN) if kind in WIDE else None
    cut = details.clipped_note(analysis) if kind in ("impacts", "waveform") else ""
    return {
        "svg": plots.svg(kind, analysis), "caption": f"{captions[kind]} {cut}".strip(),
        "wide": wide.replace(Markup("<svg "), Markup('<svg class="wide" '), 1) if wide else "",
    }  # fmt: skip
