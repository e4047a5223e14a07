"""The pages and tables of a season: overview, one page per athlete, the comparison over athletes."""

from __future__ import annotations

import csv
import hashlib
import io
import re
from importlib.resources import files
from typing import Any

import numpy as np
import pandas as pd
from jinja2 import Environment, PackageLoader, StrictUndefined
from markupsafe import Markup

from gait.analysis import package_version
from gait.club import ClubComparison, compare_athletes
from gait.language import current_language, duration, ngettext, spell
from gait.language import gettext as _
from gait.nomenclature import PRIMARY_METRICS, direction_word, in_figures, in_words, place_words
from gait.plots import season as figures
from gait.plots.export import svg_of
from gait.plots.style import NARROW_IN
from gait.store import FAILURE_COLUMNS, Store, read_bouts, read_failures, read_recordings, write_whole
from gait.trend import Trend, trend, weekly_dose

ATHLETES, COMPARISON, INDEX, SUMMARY, FAILED = (
    "athletes", "comparison.html", "index.html", "summary.csv", "failures.csv",
)  # fmt: skip
SUMMARY_HEADINGS = {
    "date": "Date", "athlete": "Athlete", "source": "Recording", "placement": "Placement", "duration_s": "Length [s]",
    "sampling_rate_hz": "Readings per second", "forward_running_s": "Forward running [s]",
    "backward_running_s": "Backward running [s]",
    "n_bouts_forward": "Forward bouts", "n_bouts_backward": "Backward bouts",
    "n_steps_forward": "Forward steps", "n_steps_backward": "Backward steps", "load_forward_gs": "Forward load [g s]",
    "load_backward_gs": "Backward load [g s]", "sentence": "Result", "speed_note": "Speed", "gravest": "Remark",
    "n_errors": "Parts withheld", "n_warnings": "Cautions", "simulated": "Simulated", "report": "Report",
    "version": "Version of retrogait", "recording_id": "Id",
}  # fmt: skip
NOT_KNOWN = "–"
_FORMULA = re.compile(r"^[=+\-@\t\r]")


def write_season(store: Store, *, decimal_comma: bool = False) -> None:
    """Write the tables and pages of a results folder from the results in it.

    Parameters
    ----------
    store : Store
        The results.
    decimal_comma : bool
        Tables with semicolon and decimal comma, as spreadsheets of some countries expect.
    """
    recordings, bouts, failures = read_recordings(store), read_bouts(store), read_failures(store)
    summary = recordings[list(SUMMARY_HEADINGS)].rename(columns=SUMMARY_HEADINGS)
    write_whole(store, SUMMARY, _spreadsheet(summary, decimal_comma))
    columns = [name for name in FAILURE_COLUMNS if name != "recording_id"]
    write_whole(store, FAILED, _spreadsheet(failures[columns], decimal_comma))
    club = compare_athletes(recordings, bouts)
    slugs = slugs_of(recordings["athlete"].unique().tolist())
    for name, slug in slugs.items():
        page = render_athlete(recordings, bouts, name)
        write_whole(store, f"{ATHLETES}/{slug}.html", page.encode())
    _remove_others(store, set(slugs.values()))
    write_whole(store, COMPARISON, render_comparison(club).encode())
    write_whole(store, INDEX, render_index(recordings, failures, slugs, club).encode())


def slugs_of(names: list[str]) -> dict[str, str]:
    """File name of each athlete's page: safe on every disk, and never the same for two."""
    out: dict[str, str] = {}
    for name in names:
        plain = re.sub(r"[^a-z0-9_-]+", "-", name.lower()).strip("-")[:40]
        own = bool(plain) and plain == name and plain not in out.values()
        out[name] = plain if own else f"{plain or 'athlete'}-{hashlib.sha256(name.encode()).hexdigest()[:6]}"
    return out


def render_index(recordings: pd.DataFrame, failures: pd.DataFrame, slugs: dict[str, str], club: ClubComparison) -> str:
    """Return the overview: counts, athletes, recordings, and what failed with its remedy.

    Parameters
    ----------
    recordings, failures : pandas.DataFrame
        From `gait.store`.
    slugs : mapping of str to str
        File name of each athlete's page.
    club : ClubComparison
        From `gait.club.compare_athletes`.
    """
    rows = [_recording_row(row) for row in recordings.to_dict("records")]
    people = [_athlete_row(recordings, name, slug) for name, slug in slugs.items()]
    return _render(
        "index.html", rows=rows, people=people, failures=failures.to_dict("records"), club=club,
        counts=count_words(recordings, failures), simulated=bool(len(recordings) and recordings["simulated"].any()),
    )  # fmt: skip


def count_words(recordings: pd.DataFrame, failures: pd.DataFrame) -> str:
    """Say how many recordings there are, e.g. ``287 analysed, 9 without backward running, 4 failed``."""
    without = int((recordings["n_bouts_backward"] == 0).sum())
    return _(
        "{done} analysed, {without} without backward running, {failed} failed",
        done=len(recordings), without=without, failed=len(failures),
    )  # fmt: skip


def render_athlete(recordings: pd.DataFrame, bouts: pd.DataFrame, athlete: str) -> str:
    """Return the page of an athlete: dose, trends with their noise, sessions.

    Parameters
    ----------
    recordings, bouts : pandas.DataFrame
        From `gait.store`.
    athlete : str
        Whose page.
    """
    own = recordings[recordings["athlete"] == athlete]
    dose = weekly_dose(recordings, athlete)
    trends = [(metric, trend(recordings, bouts, athlete, metric)) for metric in PRIMARY_METRICS]
    return _render(
        "athlete.html", athlete=athlete, simulated=bool(own["simulated"].any()),
        rows=[_recording_row(row) for row in own.to_dict("records")],
        weeks=[_week_row(row) for row in dose.to_dict("records")],
        dose=_figure("dose", figures.dose_figure, figures.dose_words, dose) if len(dose) else "",
        jumps=int(dose["jump"].sum()) if len(dose) else 0,
        trends=[_trend(metric, found) for metric, found in trends if len(found.table)],
        undated=trends[0][1].n_undated,
    )  # fmt: skip


def render_comparison(club: ClubComparison) -> str:
    """Return the comparison over athletes: sentence, pictures, numbers, and who is left out and why."""
    metrics = [m for m in PRIMARY_METRICS if (club.athletes["metric"] == m).any()]
    forests = [_forest(club, metric) for metric in metrics]
    return _render(
        "comparison.html", club=club, forests=forests, simulated=club.simulated,
        summary=[_ratio_row(row) for row in club.summary.to_dict("records")],
        athletes=[_ratio_row(row) for row in club.athletes[club.athletes["metric"].isin(metrics)].to_dict("records")],
        excluded=club.excluded.to_dict("records"),
    )  # fmt: skip


def _forest(club: ClubComparison, metric: str) -> Markup:
    n = int((club.athletes["metric"] == metric).sum())
    return svg_of(
        f"forest-{metric}", lambda ax: figures.forest_figure(club.athletes, club.summary, metric, ax=ax),
        figures.forest_words(club.athletes, club.summary, metric), size_in=(NARROW_IN[0], 1.6 + 0.28 * max(n, 4)),
    )  # fmt: skip


def _figure(name: str, draw: Any, words: Any, *parts: Any) -> Markup:
    return svg_of(name, lambda ax: draw(*parts, ax=ax), words(*parts), size_in=NARROW_IN)


def _trend(metric: str, found: Trend) -> dict[str, Any]:
    table = found.table
    sessions = table["recording_id"].nunique()
    few = ""
    if sessions < 3:
        few = ngettext(
            "{n} session is no trend; three are needed.", "{n} sessions are no trend; three are needed.", sessions
        )
    left = ""
    if found.n_left_out:
        left = ngettext(
            "{n} session is left out: worn elsewhere, or another device or rate.",
            "{n} sessions are left out: worn elsewhere, or another device or rate.", found.n_left_out,
        )  # fmt: skip
    return {
        "label": in_words(metric).label, "few": few,
        "svg": _figure(f"trend-{metric}", figures.trend_figure, figures.trend_words, table, metric),
        "left": left, "caution": in_words(metric).caution,
        "rows": [
            {
                "date": f"{row['date']:%Y-%m-%d}", "way": direction_word(row["direction"]), "n_bouts": row["n_bouts"],
                "value": in_figures(metric, row["value"]), "far": row["beyond_noise"],
                "noise": f"{in_figures(metric, row['noise_low'])}–{in_figures(metric, row['noise_high'])}"
                if np.isfinite(row["noise_low"]) else NOT_KNOWN,
            }
            for row in table.to_dict("records")
        ],
        "unit": in_words(metric).unit,
    }  # fmt: skip


def _recording_row(row: dict[Any, Any]) -> dict[str, Any]:
    quality = _("good")
    if row["n_errors"]:
        quality = ngettext("{n} part withheld", "{n} parts withheld", row["n_errors"])
    elif row["n_warnings"]:
        quality = ngettext("{n} caution", "{n} cautions", row["n_warnings"])
    minutes = {f"{way}_min": spell(row[f"{way}_running_s"] / 60, ".1f") for way in ("forward", "backward")}
    day = f"{row['date']:%Y-%m-%d}" if pd.notna(row["date"]) else NOT_KNOWN
    place, length = place_words(row["placement"]), duration(row["duration_s"])
    return {**row, **minutes, "day": day, "place": place, "length": length, "quality": quality}


def _athlete_row(recordings: pd.DataFrame, name: str, slug: str) -> dict[str, Any]:
    own = recordings[recordings["athlete"] == name]
    minutes = own["backward_running_s"].to_numpy(dtype=float) / 60
    days = own["date"].dropna()
    return {
        "name": name, "slug": slug, "n": len(own), "backward_min": spell(float(minutes.sum()), ".1f"),
        "last": f"{days.max():%Y-%m-%d}" if len(days) else NOT_KNOWN, "spark": _sparkline(minutes),
    }  # fmt: skip


def _sparkline(values: np.ndarray[Any, Any]) -> Markup:
    """A small line of the values in their order, decoration beside numbers."""
    if len(values) < 2:
        return Markup("")
    x = np.linspace(2, 98, len(values))
    y = 22 - 20 * values / max(float(values.max()), 1e-9)
    points = " ".join(f"{a:.0f},{b:.0f}" for a, b in zip(x, y, strict=True))
    return Markup('<svg class="spark" viewBox="0 0 100 24" aria-hidden="true"><polyline points="{}"/></svg>').format(
        points
    )


def _week_row(row: dict[Any, Any]) -> dict[str, Any]:
    load = row["load_backward_gs"]
    return {
        "week": f"{row['week']:%Y-%m-%d}", "n": row["n_sessions"], "minutes": spell(float(row["backward_min"]), ".1f"),
        "steps": row["n_steps_backward"], "load": NOT_KNOWN if pd.isna(load) else spell(float(load), ".0f"),
        "jump": row["jump"],
    }  # fmt: skip


def _ratio_row(row: dict[Any, Any]) -> dict[str, Any]:
    def between(low: str, high: str) -> str:
        return (
            f"{spell(row[low], '.2f')}–{spell(row[high], '.2f')}" if low in row and np.isfinite(row[low]) else NOT_KNOWN
        )

    return {
        **row, "label": in_words(row["metric"]).label, "ratio_text": spell(row["ratio"], ".2f"),
        "interval": between("ratio_low", "ratio_high"), "predicted": between("predicted_low", "predicted_high"),
        "p": NOT_KNOWN if not np.isfinite(row.get("p_holm", np.nan)) else spell(row["p_holm"], ".3f"),
    }  # fmt: skip


def _render(name: str, **values: Any) -> str:
    environment = Environment(
        loader=PackageLoader("gait"), autoescape=True, undefined=StrictUndefined, trim_blocks=True, lstrip_blocks=True
    )
    environment.globals |= {"_": _, "ngettext": ngettext}
    css = files("gait").joinpath("static", "report.css").read_text("utf-8")
    own = files("gait").joinpath("static", "season.css").read_text("utf-8")
    return environment.get_template(f"season/{name}").render(
        css=Markup(css + own), lang=current_language(), version=package_version(), **values
    )


def _spreadsheet(table: pd.DataFrame, decimal_comma: bool) -> bytes:
    """A table for spreadsheets: text that could be taken for a formula is defused, dates are days."""
    out = io.StringIO()
    writer = csv.writer(out, delimiter=";" if decimal_comma else ",", lineterminator="\n")
    writer.writerow(table.columns)
    for row in table.itertuples(index=False):
        writer.writerow([_cell(value, decimal_comma) for value in row])
    return ("\ufeff" + out.getvalue()).encode()


def _cell(value: Any, decimal_comma: bool) -> str:
    if isinstance(value, pd.Timestamp):
        return f"{value:%Y-%m-%d}"
    if value is None or value is pd.NaT or (isinstance(value, float) and not np.isfinite(value)):
        return ""
    if isinstance(value, float):
        return f"{value:.6g}".replace(".", ",") if decimal_comma else f"{value:.6g}"
    text = str(value)
    return f"'{text}" if isinstance(value, str) and _FORMULA.match(text) else text


def _remove_others(store: Store, slugs: set[str]) -> None:
    """Remove pages of athletes who are no more in the results."""
    folder = store.path(ATHLETES)
    for path in store.files.ls(folder, detail=False) if store.files.exists(folder) else []:
        if path.rsplit("/", 1)[-1].removesuffix(".html") not in slugs:
            store.files.rm_file(path)
