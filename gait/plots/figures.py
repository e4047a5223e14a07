"""The figures, each on axes of its own or on axes that are given."""

from __future__ import annotations

import math
import textwrap
from typing import TYPE_CHECKING, Protocol

import numpy as np
from matplotlib.ticker import FuncFormatter, LogLocator, MaxNLocator

from gait.language import gettext as _
from gait.language import spell
from gait.metrics.verdicts import n_bouts, n_steps
from gait.nomenclature import in_words
from gait.plots import select, style
from gait.plots.style import ENVELOPE, FAINT, INK, NARROW_IN, STYLES, WIDE_IN
from gait.plots.words import clock, dose_line, number, ratio_lines, series_name

if TYPE_CHECKING:
    from matplotlib.axes import Axes

    from gait.results import Analysis

MAX_DOTS = 1200
"""Steps drawn as dots at most; more are thinned evenly, and the figure says so."""
APART = 1.15
"""Distance between the columns of the figure of impacts, of which a column takes 1."""
MIN_HALF_SPAN = 0.2
"""Half of the span of the axis of impacts at least, as a share of the mean, so that small differences look small."""
MIN_CADENCE_SPAN_SPM = 20
"""Span of the cadence axis at least, so that small unsteadiness looks small [steps/min]."""
MAX_TICK_LETTERS = 22
"""Length of the words under a column of the figure of impacts; longer ones take two lines."""
MAX_LABELS = 14
"""Bouts named one by one at most."""


def timeline(result: Analysis, *, ax: Axes | None = None) -> Axes:
    """Draw the vertical acceleration along the recording, with every bout coloured, patterned and marked.

    Parameters
    ----------
    result : Analysis
        From `gait.analyze`.
    ax : matplotlib.axes.Axes, optional
        Axes to draw on; new ones otherwise.

    Returns
    -------
    matplotlib.axes.Axes
        The axes; an empty table gives axes that say why they are empty.
    """
    ax = style.new_axes(ax, WIDE_IN)
    view, keys = result.overview, select.series_of(result.bouts)
    duration_s = result.recording.duration_s
    low, high = min([0.0, *view["low_g"]]), max([2.0, *view["high_g"]])
    span = high - low
    base, height = (high + 0.06 * span, 0.1 * span) if len(view) else (0.3, 0.5)
    ax.fill_between(view["time_s"], view["low_g"], view["high_g"], color=ENVELOPE, linewidth=0.4)
    inch_per_s = style.width_in(ax) / max(duration_s, 1.0)
    for bout in result.bouts.to_dict("records"):
        key, start, end = keys[bout["bout_id"]], bout["start_s"], bout["end_s"]
        look, inside = STYLES[key], view[view["time_s"].between(start, end)]
        ax.fill_between(inside["time_s"], inside["low_g"], inside["high_g"], color=look.colour, linewidth=0.4)
        style.hatched(ax, look, (start, base), end - start, height)
        name = f"{look.symbol} {series_name(key)}"
        fits = (end - start) * inch_per_s > 0.085 * len(name)
        ax.text((start + end) / 2, base + 1.25 * height, name if fits else look.symbol, ha="center", va="bottom",
                color=look.text, fontsize=10.5)  # fmt: skip
    title, unit = _("The recording from start to end"), _("Vertical acceleration [g]")
    style.label(ax, title, _("Time from the start [min:s]"), unit)
    if len(view):
        ax.set_ylim(low - 0.04 * span, high + 0.36 * span)
    else:
        ax.set_ylim(0, 1.2)
        ax.set_yticks([])
        ax.set_ylabel("")
    style.clock_axis(ax, duration_s)
    style.key(ax, keys, patches=True)
    return ax


def impacts(result: Analysis, *, ax: Axes | None = None) -> Axes:
    """Draw a landing metric: every step a faint dot, every bout a point, forward against backward.

    Parameters
    ----------
    result : Analysis
        From `gait.analyze`.
    ax : matplotlib.axes.Axes, optional
        Axes to draw on; new ones otherwise.

    Returns
    -------
    matplotlib.axes.Axes
        The axes; an empty table gives axes that say why they are empty.
    """
    ax = style.new_axes(ax, NARROW_IN)
    metric = select.impact_metric(result)
    if metric is None:
        return style.nothing(ax, _("No landings could be measured in this recording."))
    steps, keys, values = select.kept_steps(result, metric), select.running(result), select.bout_values(result, metric)
    keys = keys[keys.index.isin(values.index)]
    every = max(math.ceil(len(steps) / MAX_DOTS), 1)
    rng = np.random.default_rng(0)
    ticks = []
    for column, key in enumerate(select.present(keys)):
        place = APART * column
        look, ids = STYLES[key], keys.index[keys == key]
        slot = 0.66 / len(ids)
        for i, bout_id in enumerate(ids):
            x = place - 0.42 + slot * (i + 0.5)
            dots = steps.loc[steps["bout_id"] == bout_id, metric].iloc[::every]
            ax.scatter(x + rng.uniform(-0.42, 0.42, len(dots)) * slot, dots, s=10, marker=look.marker,
                       color=look.colour, alpha=0.3, linewidths=0)  # fmt: skip
            ax.plot(x, values[bout_id], look.marker, markersize=9, color=look.colour, markeredgecolor=INK, zorder=4)
        mean, count = select.series_value(result, metric, key)
        ax.plot([place - 0.44, place + 0.26], [mean, mean], color=look.text, linewidth=2, linestyle=look.line, zorder=3)
        ax.text(place + 0.28, mean, number(metric, mean), color=look.text, va="center", fontsize=11.5, weight="bold")
        n = int(steps["bout_id"].isin(ids).sum())
        counts = ", ".join([n_bouts(count), *([n_steps(n)] if n else [])])
        counts = counts.replace(", ", ",\n") if len(counts) > MAX_TICK_LETTERS else counts
        ticks.append(f"{look.symbol} {series_name(key)}\n{counts}")
    middle = float(values.mean())
    ax.update_datalim([(0, (1 - MIN_HALF_SPAN) * middle), (0, (1 + MIN_HALF_SPAN) * middle)])
    ax.autoscale_view()
    ax.set_xlim(-0.5, APART * (len(ticks) - 1) + 0.62)
    note = _("small: every step, large: a bout, line: mean")
    if not len(steps):
        note = _("marker: a bout, line: mean")
    elif every > 1:
        note = _("small: one step in {n}, large: a bout, line: mean", n=every)
    title = "\n".join([in_words(metric).label, *ratio_lines(result, metric)])
    style.label(ax, title, note, f"[{in_words(metric).unit}]")
    ax.set_xticks([APART * i for i in range(len(ticks))], ticks)
    ax.xaxis.label.set(fontsize=9.5, color=FAINT)
    ax.tick_params(axis="x", length=0)
    return ax


def waveform(result: Analysis, *, ax: Axes | None = None) -> Axes:
    """Draw the mean step: thin per bout, thick per direction with its range, initial and terminal contact marked.

    Parameters
    ----------
    result : Analysis
        From `gait.analyze`.
    ax : matplotlib.axes.Axes, optional
        Axes to draw on; new ones otherwise.

    Returns
    -------
    matplotlib.axes.Axes
        The axes; an empty table gives axes that say why they are empty.
    """
    ax = style.new_axes(ax, NARROW_IN)
    keys = select.running(result)
    waves = result.waveforms[result.waveforms["bout_id"].isin(keys.index)]
    if not len(waves):
        return style.nothing(ax, _("No mean step could be drawn from this recording."))
    table = waves.pivot_table(index="phase_pct", columns="bout_id", values="acc_vert_g")
    ax.axhline(1, color=FAINT, linewidth=0.8)
    ax.text(99, 1.0, _("standing still: 1 g"), color=FAINT, ha="right", va="bottom", fontsize=10)
    for key in select.present(keys[keys.index.isin(table.columns)]):
        look = STYLES[key]
        mine = table[[bout_id for bout_id in table.columns if keys[bout_id] == key]]
        mean = mine.mean(axis=1)
        ax.fill_between(mine.index, mine.min(axis=1), mine.max(axis=1), facecolor=style.pale(look), linewidth=0)
        ax.plot(mine.index, mine, color=look.colour, linewidth=0.6, alpha=0.6)
        ax.plot(mine.index, mean, color=look.colour, linewidth=2.4, linestyle=look.line, marker=look.marker,
                markevery=10, markersize=5.5)  # fmt: skip
        end = select.terminal_phase_pct(result, key)
        for x in filter(math.isfinite, (0.0, end)):
            ax.plot(x, np.interp(x, mine.index, mean), look.marker, markersize=11, color=look.colour,
                    markeredgecolor=INK, markeredgewidth=1.2, clip_on=False, zorder=5)  # fmt: skip
    title = _("The mean step: large markers are initial contact (left) and terminal contact (right)")
    style.label(ax, title, _("Part of the step, contact to contact [%]"), _("Vertical acceleration [g]"))
    ax.set_xlim(0, 100)
    ax.xaxis.set_major_locator(MaxNLocator(5))
    style.key(ax, keys[keys.index.isin(table.columns)])
    return ax


def cadence(result: Analysis, *, ax: Axes | None = None) -> Axes:
    """Draw the cadence along the recording, bout by bout.

    Parameters
    ----------
    result : Analysis
        From `gait.analyze`.
    ax : matplotlib.axes.Axes, optional
        Axes to draw on; new ones otherwise.

    Returns
    -------
    matplotlib.axes.Axes
        The axes; an empty table gives axes that say why they are empty.
    """
    ax = style.new_axes(ax, WIDE_IN)
    table = result.cadence
    if not len(table):
        return style.nothing(ax, _("No cadence could be measured in this recording."))
    keys = select.series_of(result.bouts)
    for bout_id, part in table.groupby("bout_id"):
        look = STYLES[keys[bout_id]]
        ax.plot(part["time_s"], part["cadence_spm"], linestyle=look.line, color=look.colour, linewidth=1.5,
                marker=look.marker, markersize=5, markevery=max(len(part) // 10, 1))  # fmt: skip
    low, high = table["cadence_spm"].min(), table["cadence_spm"].max()
    room = max(0.12 * (high - low), MIN_CADENCE_SPAN_SPM - (high - low), 0) / 2
    ax.set_ylim(low - room, high + room)
    style.label(ax, _("Cadence along the recording"), _("Time from the start [min:s]"), _("Cadence [steps/min]"))
    style.clock_axis(ax, result.recording.duration_s)
    style.key(ax, keys[keys.index.isin(table["bout_id"])])
    return ax


def band_power(result: Analysis, *, ax: Axes | None = None) -> Axes:
    """Draw the power of push and of shock, one point per bout.

    Parameters
    ----------
    result : Analysis
        From `gait.analyze`.
    ax : matplotlib.axes.Axes, optional
        Axes to draw on; new ones otherwise.

    Returns
    -------
    matplotlib.axes.Axes
        The axes; an empty table gives axes that say why they are empty.
    """
    ax = style.new_axes(ax, NARROW_IN)
    metrics = [metric for metric in select.BAND_METRICS if len(select.bout_values(result, metric))]
    if not metrics:
        return style.nothing(ax, _("Push and shock power could not be measured in this recording."))
    keys = select.running(result)
    order = select.present(keys)
    for place, metric in enumerate(metrics):
        values = select.bout_values(result, metric)
        for i, key in enumerate(order):
            look, mine = STYLES[key], values[values.index.isin(keys.index[keys == key])]
            x = place + (i - (len(order) - 1) / 2) * 0.34 + np.linspace(-0.1, 0.1, len(mine) + 2)[1:-1]
            ax.plot(x, mine, look.marker, color=look.colour, markersize=9, markeredgecolor=INK, markeredgewidth=0.9)
    ax.set_yscale("log")
    ax.yaxis.set_major_locator(LogLocator(subs=(1, 2, 5)))
    ax.yaxis.set_major_formatter(FuncFormatter(lambda value, _: spell(value, "g")))
    ax.yaxis.set_minor_formatter("")
    title = _("Push and shock power, one point per bout (logarithmic scale)")
    style.label(ax, title, "", f"[{in_words(metrics[0]).unit}]")
    ax.set_xlim(-0.5, len(metrics) - 0.5)
    ax.set_xticks(
        range(len(metrics)),
        [textwrap.fill(in_words(metric).label.replace(" Hz", "\u00a0Hz"), 18) for metric in metrics],
    )
    style.key(ax, keys, drop_pt=26)
    return ax


def dose(result: Analysis, *, ax: Axes | None = None) -> Axes:
    """Draw how long each backward bout was, with its steps.

    Parameters
    ----------
    result : Analysis
        From `gait.analyze`.
    ax : matplotlib.axes.Axes, optional
        Axes to draw on; new ones otherwise.

    Returns
    -------
    matplotlib.axes.Axes
        The axes; an empty table gives axes that say why they are empty.
    """
    ax = style.new_axes(ax, NARROW_IN)
    back = select.backward_bouts(result)
    if not len(back):
        return style.nothing(ax, _("No backward running was found."))
    look, lengths_s, places = STYLES["backward"], back["end_s"] - back["start_s"], np.arange(len(back))
    for place, length_s in zip(places, lengths_s, strict=True):
        style.hatched(ax, look, (0, place - 0.31), length_s, 0.62)
    style.label(ax, dose_line(back), _("Length of the bout [s]"), _("Bout"))
    if len(back) <= MAX_LABELS:
        ax.set_yticks(places, [str(bout_id) for bout_id in back["bout_id"]])
        for place, length_s, count in zip(places, lengths_s, back["n_steps"], strict=True):
            x = length_s + 0.02 * lengths_s.max()
            ax.text(x, float(place), n_steps(int(count)), va="center", color=look.text, fontsize=10.5)
    else:
        ax.set_yticks([])
    ax.set_ylim(max(len(back), 4) - 0.4, -0.6)
    ax.set_xlim(0, 1.3 * float(lengths_s.max()))
    ax.grid(visible=False)
    return ax


def signal(result: Analysis, *, ax: Axes | None = None) -> Axes:
    """Draw three seconds of the signal as recorded, one trace above the other, with the contacts that were found.

    Parameters
    ----------
    result : Analysis
        From `gait.analyze`.
    ax : matplotlib.axes.Axes, optional
        Axes to draw on; new ones otherwise.

    Returns
    -------
    matplotlib.axes.Axes
        The axes; an empty table gives axes that say why they are empty.
    """
    ax = style.new_axes(ax, NARROW_IN)
    pieces = select.excerpts(result)
    if not pieces:
        return style.nothing(ax, _("No running was found."))
    apart_g = 1.25 * max(1.0, *(float(piece.acc_res_g.max()) for piece in pieces))
    ticks = [(apart_g * place + g, f"{g}") for place in range(len(pieces)) for g in range(int(apart_g / 1.25) + 1)]
    for place, piece in enumerate(reversed(pieces)):
        look, trace = STYLES[piece.key], piece.acc_res_g + apart_g * place
        ax.plot(piece.time_s, trace, color=look.colour, linewidth=1.1)
        for times_s, fill in ((piece.ic_s, look.colour), (piece.tc_s, "none")):
            ax.plot(times_s, np.interp(times_s, piece.time_s, trace), look.marker, markersize=6, markerfacecolor=fill,
                    markeredgecolor=INK)  # fmt: skip
        name = _(
            "{symbol} {kind}, bout {id} from {time}",
            symbol=look.symbol, kind=series_name(piece.key), id=piece.bout_id, time=clock(piece.start_s),
        )  # fmt: skip
        ax.text(0.02, apart_g * (place + 0.99), name, color=look.text, va="top", fontsize=10.5)
    found = any(len(piece.ic_s) for piece in pieces)
    note = _("filled: initial contact, open: terminal") if found else ""
    title = "\n".join(filter(None, [_("The signal as recorded"), note]))
    style.label(ax, title, _("Time [s]"), _("Acceleration, all directions [g]"))
    step = max(1, math.ceil(len(ticks) / 12))
    ax.set_yticks(*zip(*ticks[::step], strict=True))
    ax.set_xlim(0, select.EXCERPT_S)
    ax.set_ylim(-0.1, apart_g * len(pieces))
    return ax


class Draw(Protocol):
    """A figure: a function of a result and, if wanted, of axes."""

    def __call__(self, result: Analysis, *, ax: Axes | None = None) -> Axes:
        """Draw."""


FIGURES: dict[str, Draw] = {
    "timeline": timeline,
    "impacts": impacts,
    "waveform": waveform,
    "cadence": cadence,
    "band_power": band_power,
    "dose": dose,
    "signal": signal,
}
"""Every figure by its kind."""
