"""Numbers as words: what figures write, and the alternative text of each figure."""

from __future__ import annotations

import math
import re
from typing import TYPE_CHECKING

from gait.language import duration, ngettext
from gait.language import gettext as _
from gait.metrics.verdicts import n_bouts, n_steps, speed_words
from gait.nomenclature import in_figures, in_words
from gait.plots import select

if TYPE_CHECKING:
    import pandas as pd

    from gait.results import Analysis


def series_name(key: str) -> str:
    """Return what a kind of bout is called."""
    return {
        "forward": _("forward"),
        "backward": _("backward"),
        "A": _("group A"),
        "B": _("group B"),
        "unknown": _("direction unknown"),
        "walk": _("walking"),
    }[key]


def number(name: str, value: float, *, unit: bool = True) -> str:
    """Write a value with the decimals and the unit of its quantity; a missing one in words.

    Parameters
    ----------
    name : str
        A key of ``nomenclature.QUANTITIES``.
    value : float
        The value, as the tables have it.
    unit : bool
        Whether the unit follows.
    """
    if not math.isfinite(value):
        return _("not available")
    text, printed_unit = in_figures(name, value), in_words(name).unit
    return f"{text}\u00a0{printed_unit}" if unit and printed_unit else text


def clock(seconds: float) -> str:
    """Write a time of the recording, e.g. ``4:01`` or ``1:00:05``."""
    minutes, rest = divmod(round(seconds), 60)
    hours, minutes = divmod(minutes, 60)
    return f"{hours}:{minutes:02d}:{rest:02d}" if hours else f"{minutes}:{rest:02d}"


def capital(text: str) -> str:
    """Return the text with a capital first letter and the rest untouched."""
    return text[:1].upper() + text[1:]


def tied(text: str) -> str:
    """Return the text with numbers and units that no line break tears apart."""
    return re.sub(r"(?<=\d) (?=%|(?:g|s|min|h)\b)", "\u00a0", text)


def ratio(value: float, low: float, high: float) -> str:
    """Write a ratio with its interval, or without one when there is none.

    Parameters
    ----------
    value, low, high : float
        Ratio and the ends of its 95 % interval, NaN where there is none.
    """
    if not math.isfinite(value):
        return _("not available")
    if not (math.isfinite(low) and math.isfinite(high)):
        return _("{ratio:.2f} (no interval)", ratio=value)
    return _("{ratio:.2f} (95 %: {low:.2f} to {high:.2f})", ratio=value, low=low, high=high)


def ratio_lines(result: Analysis, metric: str) -> list[str]:
    """Write the ratio of a metric, and what the speed allows to say of it; no line when nothing was compared.

    Parameters
    ----------
    result : Analysis
        From `gait.analyze`.
    metric : str
        One of ``nomenclature.BOUT_METRICS``.
    """
    table = result.comparison.table
    rows = table[table["metric"] == metric].to_dict("records")
    if not rows:
        return []
    text = ratio(rows[0]["ratio"], rows[0]["ratio_low"], rows[0]["ratio_high"])
    return [_("backward/forward {ratio}", ratio=text), speed_words(result.comparison.speed_note)]


def dose_line(back: pd.DataFrame) -> str:
    """Write how much backward running there was."""
    seconds = float((back["end_s"] - back["start_s"]).sum())
    steps = n_steps(int(back["n_steps"].sum()))
    return _(
        "Backward running: {time}, {steps} in {bouts}", time=duration(seconds), steps=steps, bouts=n_bouts(len(back))
    )


def alt_text(kind: str, result: Analysis) -> str:
    """Describe a figure by its numbers, for those who cannot see it.

    Parameters
    ----------
    kind : str
        One of ``FIGURES``.
    result : Analysis
        What the figure shows.
    """
    if kind not in select.available(result):
        return _("Nothing to show.")
    parts = {
        "timeline": _timeline, "impacts": _impacts, "waveform": _waveform, "cadence": _cadence,
        "band_power": _band_power, "dose": _dose, "signal": _signal,
    }[kind](result)  # fmt: skip
    if result.recording.simulated:
        parts.append(_("Simulated data."))
    return " ".join(filter(None, parts))


def _timeline(result: Analysis) -> list[str]:
    keys, view = select.series_of(result.bouts), result.overview
    parts = [_("Timeline of {time}.", time=duration(result.recording.duration_s))]
    for key in select.present(keys):
        bouts = result.bouts[(keys == key).to_numpy()]
        spans = ", ".join(f"{clock(b['start_s'])}–{clock(b['end_s'])}" for b in bouts.head(12).to_dict("records"))
        more = _(" and {n} more", n=len(bouts) - 12) if len(bouts) > 12 else ""
        parts.append(f"{capital(series_name(key))}: {n_bouts(len(bouts))} ({spans}{more}).")
    if not len(keys):
        parts.append(_("No bout of walking or running."))
    if len(view):
        low, high = round(float(view["low_g"].min()), 1) + 0.0, float(view["high_g"].max())
        text = _("Vertical acceleration from {low:.1f} to {high:.1f} g.", low=low, high=high)
        parts.append(text.replace("-", "−"))
    return parts


def _impacts(result: Analysis) -> list[str]:
    metric = select.impact_metric(result)
    assert metric is not None
    keys, steps = select.running(result), select.kept_steps(result, metric)
    parts = [_("{name}: every bout a large marker, every step a small one.", name=in_words(metric).label)]
    for key in select.present(keys):
        value, count = select.series_value(result, metric, key)
        if count:
            mine = int(steps["bout_id"].isin(keys.index[keys == key]).sum())
            counts = ", ".join([n_bouts(count), *([n_steps(mine)] if mine else [])])
            parts.append(_entry(key, number(metric, value), counts))
    return [*parts, *(f"{capital(line)}." for line in ratio_lines(result, metric))]


def _waveform(result: Analysis) -> list[str]:
    keys, waves = select.running(result), result.waveforms
    parts = [_("Mean vertical acceleration of a step, from one initial contact (0 %) to the next (100 %).")]
    for key in select.present(keys):
        mine = waves[waves["bout_id"].isin(keys.index[keys == key])]
        if not len(mine):
            continue
        mean = mine.groupby("phase_pct")["acc_vert_g"].mean()
        text = _(
            "peak {peak} at {phase:.0f} % of the step",
            peak=number("acc_vert_g", float(mean.max())), phase=float(mean.index[int(mean.argmax())]),
        )  # fmt: skip
        end = select.terminal_phase_pct(result, key)
        if math.isfinite(end):
            text += _(", terminal contact at {phase:.0f} %", phase=end)
        parts.append(_entry(key, text, n_bouts(mine["bout_id"].nunique())))
    return parts


def _cadence(result: Analysis) -> list[str]:
    keys, table = select.series_of(result.bouts), result.cadence
    parts = [_("Cadence along the recording.")]
    for key in select.present(keys):
        mine = table[table["bout_id"].isin(keys.index[keys == key])]
        if len(mine):
            low, high = mine["cadence_spm"].min(), mine["cadence_spm"].max()
            span = _("{low:.0f} to {high:.0f} steps/min", low=low, high=high)
            if round(low) == round(high):
                span = number("cadence_spm", mine["cadence_spm"].mean())
            parts.append(_entry(key, span, n_bouts(mine["bout_id"].nunique())))
    return parts


def _band_power(result: Analysis) -> list[str]:
    parts = [_("Power of push and of shock, one point per bout.")]
    for metric in select.BAND_METRICS:
        entries = []
        for key in select.present(select.running(result)):
            value, count = select.series_value(result, metric, key)
            if count:
                entries.append(_entry(key, number(metric, value), n_bouts(count)).rstrip("."))
        if entries:
            parts.append(f"{in_words(metric).label}: {'; '.join(entries)}.")
    return parts


def _dose(result: Analysis) -> list[str]:
    back = select.backward_bouts(result)
    lengths = back["end_s"] - back["start_s"]
    shortest = _(
        "The shortest bout lasted {low:.0f} s, the longest {high:.0f} s.", low=lengths.min(), high=lengths.max()
    )
    return [dose_line(back) + ".", shortest if len(back) > 1 else ""]


def _signal(result: Analysis) -> list[str]:
    span = f"{select.EXCERPT_S:g} s"
    parts = [_("Size of the acceleration as recorded, {span} of one bout of each kind.", span=span)]
    for piece in select.excerpts(result):
        low, high = float(piece.acc_res_g.min()), float(piece.acc_res_g.max())
        text = _("between {low:.1f} and {high:.1f} g", low=low, high=high)
        where = _("bout {id} from {time}", id=piece.bout_id, time=clock(piece.start_s))
        count = len(piece.ic_s)
        contacts = ngettext("{n} initial contact", "{n} initial contacts", count)
        parts.append(_entry(piece.key, text, ", ".join([where, *([contacts] if count else [])])))
    return parts


def _entry(key: str, value: str, count: str) -> str:
    return f"{capital(series_name(key))}: {value} ({count})."
