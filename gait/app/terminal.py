"""What the command line says: one screen about a recording and its analysis, and how far the work has come."""

from __future__ import annotations

import sys
import threading
from collections.abc import Iterable, Sequence
from types import TracebackType
from typing import TYPE_CHECKING, Self

from gait.language import duration, ngettext, spell
from gait.language import gettext as _

if TYPE_CHECKING:
    import pandas as pd
    from rich.console import Console
    from rich.progress import Progress
    from rich.table import Table

    from gait.recording import Flag, Recording
    from gait.results import Analysis, Comparison

SHOWN_BOUTS = 20
NOT_AVAILABLE = "-"
MARKS = {"error": "x", "warning": "!", "info": "-"}
PATIENCE_S = 1.0
"""Time after which the progress bar appears [s]."""


class Stages:
    """A progress bar over named stages on standard error; shown after a second, and only to a person.

    Parameters
    ----------
    names : sequence of str
        The stages in order.
    """

    def __init__(self, names: Sequence[str]) -> None:
        self._names = list(names)
        self._done = -1
        self._over = False
        self._lock = threading.Lock()
        self._bar: Progress | None = None
        self._timer = threading.Timer(PATIENCE_S, self._show)
        self._timer.daemon = True

    def __enter__(self) -> Self:
        if sys.stderr.isatty():
            self._timer.start()
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self._timer.cancel()
        with self._lock:
            self._over = True
            if self._bar is not None:
                self._bar.stop()

    def next(self) -> None:
        """Begin the next stage."""
        with self._lock:
            self._done += 1
            self._update()

    def _show(self) -> None:
        from rich.console import Console
        from rich.progress import BarColumn, Progress, SpinnerColumn, TextColumn, TimeElapsedColumn

        with self._lock:
            if self._over:
                return
            self._bar = Progress(
                SpinnerColumn(), TextColumn("{task.description}"), BarColumn(), TimeElapsedColumn(),
                console=Console(stderr=True), transient=True,
            )  # fmt: skip
            self._bar.add_task("", total=len(self._names))
            self._bar.start()
            self._update()

    def _update(self) -> None:
        if self._bar is not None:
            current = min(max(self._done, 0), len(self._names) - 1)
            self._bar.update(self._bar.task_ids[0], description=self._names[current], completed=current)


def show_recording(recording: Recording, flags: Iterable[Flag], assumptions: Iterable[str] = ()) -> None:
    """Print what the file was taken for, how good it is and what was assumed."""
    console = _console()
    console.print(describe_recording(recording))
    _print_quality(console, flags)
    for sentence in assumptions:
        console.print(_("Assumed: {sentence}", sentence=sentence))


def show_analysis(analysis: Analysis) -> None:
    """Print the recording, the result in one sentence, the comparison and the bouts."""
    show_recording(analysis.recording, analysis.quality)
    console = _console()
    console.print()
    console.print(analysis.comparison.sentence)
    console.print()
    if len(analysis.comparison.table):
        _print_comparison(console, analysis.comparison)
    elif len(analysis.metrics):
        console.print(_metrics_table(analysis.metrics))
    for warning in analysis.comparison.warnings:
        console.print(_("Caution: {warning}", warning=warning))
    if len(analysis.bouts):
        console.print()
        console.print(_bouts_table(analysis.bouts))
    if (left := len(analysis.bouts) - SHOWN_BOUTS) > 0:
        console.print(ngettext("... and {n} more bout.", "... and {n} more bouts.", left))


def describe_recording(recording: Recording) -> str:
    """Return one line on what the file was taken for, e.g. ``Sensor Logger, Android · 4 min 1 s · 100 Hz``."""
    from gait.nomenclature import place_words

    parts = [recording.format, duration(recording.duration_s), f"{spell(recording.sampling_rate_hz, '.4g')} Hz"]
    if recording.placement != "unknown":
        parts.append(place_words(recording.placement))
    if recording.gravity == "removed":
        parts.append(_("without gravity"))
    if recording.simulated:
        parts.append(_("SIMULATED"))
    return " · ".join(parts)


def _console() -> Console:
    from rich.console import Console

    return Console(markup=False, emoji=False, highlight=False, soft_wrap=False)


def _print_quality(console: Console, flags: Iterable[Flag]) -> None:
    from rich.table import Table

    flags = list(flags)
    found = [flag.severity for flag in flags]
    n_errors, n_warnings, n_notes = (found.count(severity) for severity in ("error", "warning", "info"))
    counts = [
        *([ngettext("{n} part withheld", "{n} parts withheld", n_errors)] if n_errors else []),
        *([ngettext("{n} warning", "{n} warnings", n_warnings)] if n_warnings else []),
        *([ngettext("{n} note", "{n} notes", n_notes)] if n_notes else []),
    ]
    console.print(_("Quality: {what}", what=", ".join(counts) or _("nothing to remark")))
    remarks = Table.grid(padding=(0, 1, 0, 0))
    for flag in flags:
        remarks.add_row(f" {MARKS[flag.severity]}", f"{flag.message} {flag.remedy}".rstrip())
    if remarks.row_count:
        console.print(remarks)


def _table(*columns: str, words: Sequence[int]) -> Table:
    """A table of numbers; the columns at the places `words` hold words."""
    from rich import box
    from rich.table import Table

    table = Table(box=box.SIMPLE_HEAD, pad_edge=False, show_edge=False)
    for place, name in enumerate(columns):
        table.add_column(name, justify="left" if place in words else "right", overflow="fold")
    return table


def _print_comparison(console: Console, comparison: Comparison) -> None:
    from gait.metrics.verdicts import speed_words
    from gait.nomenclature import PRIMARY_METRICS

    table = _table(_("Metric"), _("Forward"), _("Backward"), _("Ratio"), words=[0])
    speed = speed_words(comparison.speed_note)
    verdicts = []
    for row in comparison.table[comparison.table["metric"].isin(PRIMARY_METRICS)].to_dict("records"):
        metric = row["metric"]
        interval = _interval(_ratio(row["ratio_low"]), _ratio(row["ratio_high"]))
        table.add_row(
            _label(metric),
            _number(metric, row["forward"]),
            _number(metric, row["backward"]),
            f"{_ratio(row['ratio'])} {interval}".rstrip(),
        )
        verdicts.append(row["verdict"].replace(f"; {speed}", ""))
    if table.row_count:
        console.print(table)
    console.print(_("Ratio = backward / forward, 95 % interval over bouts; {speed}.", speed=speed))
    console.print()
    for verdict in verdicts:
        console.print(verdict)
    if left := len(comparison.table) - len(verdicts):
        console.print(
            ngettext("{n} more metric stands in the report (--out) and in the JSON (--json).",
                     "{n} more metrics stand in the report (--out) and in the JSON (--json).", left)
        )  # fmt: skip


def _metrics_table(rows: pd.DataFrame) -> Table:
    from gait.nomenclature import PRIMARY_METRICS, direction_word

    table = _table(_("Metric"), _("Gait"), _("Direction"), _("Value"), _("Bouts"), words=[0, 1, 2])
    shown = rows[rows["metric"].isin(PRIMARY_METRICS)]
    runs = shown[shown["gait"] == "run"]
    for row in (runs if len(runs) else shown).to_dict("records"):
        metric = row["metric"]
        interval = _interval(_number(metric, row["low"]), _number(metric, row["high"]))
        table.add_row(
            _label(metric),
            _gait(row["gait"]),
            direction_word(row["direction"]),
            f"{_number(metric, row['value'])} {interval}".rstrip(),
            str(row["n_bouts"]),
        )
    return table


def _bouts_table(rows: pd.DataFrame) -> Table:
    from gait.nomenclature import direction_word

    table = _table(_("No."), _("From [s]"), _("To [s]"), _("Gait"), _("Direction"), _("Known from"), _("Steps"),
                   _("Steps/min"), words=[3, 4, 5])  # fmt: skip
    known = {"label": _("label"), "mounting": _("mounting"), "calibration": _("calibration"), "none": ""}
    for row in rows.head(SHOWN_BOUTS).to_dict("records"):
        group = row["direction_group"]
        grouped = row["direction"] == "unknown" and isinstance(group, str)
        table.add_row(
            str(row["bout_id"]),
            spell(row["start_s"], ".1f"),
            spell(row["end_s"], ".1f"),
            _gait(row["gait"]),
            direction_word(row["direction"]) + (f" ({group})" if grouped else ""),
            known[row["direction_method"]],
            str(row["n_steps"]),
            _number("cadence_spm", row["cadence_spm"]),
        )
    return table


def _interval(low: str, high: str) -> str:
    return "" if NOT_AVAILABLE in (low, high) else f"({low}-{high})"


def _ratio(value: float) -> str:
    return NOT_AVAILABLE if value != value else spell(value, ".2f")


def _gait(name: str) -> str:
    return {"run": _("run"), "walk": _("walk")}[name]


def _label(metric: str) -> str:
    from gait.nomenclature import in_words

    quantity = in_words(metric)
    return f"{quantity.label} [{quantity.unit}]" if quantity.unit else quantity.label


def _number(metric: str, value: float) -> str:
    from gait.nomenclature import in_figures

    return NOT_AVAILABLE if value != value else in_figures(metric, value)
