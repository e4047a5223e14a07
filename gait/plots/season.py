"""Figures of a season: a metric by session with its noise, backward running by week, athletes beside each other."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np
from matplotlib.axes import Axes
from numpy.typing import NDArray

from gait.language import gettext as _
from gait.language import spell
from gait.nomenclature import direction_word, in_words
from gait.plots import style
from gait.plots.style import FAINT, GRID, INK, NARROW_IN, STYLES

if TYPE_CHECKING:
    import pandas as pd

WAYS = ("forward", "backward")


def trend_figure(table: pd.DataFrame, metric: str, *, ax: Axes | None = None) -> Axes:
    """Draw a metric over the sessions: a marker per session, the usual value and the band of noise around it.

    Parameters
    ----------
    table : pandas.DataFrame
        Of a `gait.trend.Trend`.
    metric : str
        Its metric.
    ax : matplotlib.axes.Axes, optional
        Where to draw.
    """
    ax = style.new_axes(ax, NARROW_IN)
    if not len(table):
        return style.nothing(ax, _("No session has a value of this metric."))
    for way in WAYS:
        own, look = table[table["direction"] == way], STYLES[way]
        if not len(own):
            continue
        day = _days(own["date"])
        if np.isfinite(own["noise_low"]).all():
            ax.fill_between(day, own["noise_low"], own["noise_high"], facecolor=style.pale(look), linewidth=0)
        ax.axhline(own["usual"].iloc[0], color=look.colour, linestyle=look.line, linewidth=1)
        ax.plot(day, own["value"], look.marker, color=look.colour, markersize=6, markeredgecolor=INK, linestyle="none")
        far = own["beyond_noise"].to_numpy(dtype=bool)
        ax.plot(day[far], own["value"][far], "o", markersize=13, markerfacecolor="none", markeredgecolor=INK)
    quantity = in_words(metric)
    style.label(ax, _("{label} by session; ringed: beyond the noise", label=quantity.label), "", f"[{quantity.unit}]")
    _date_axis(ax)
    style.key(ax, table["direction"].unique(), drop_pt=30)
    return ax


def dose_figure(table: pd.DataFrame, *, ax: Axes | None = None) -> Axes:
    """Draw minutes of backward running by week, weeks far above the ones before marked.

    Parameters
    ----------
    table : pandas.DataFrame
        From `gait.trend.weekly_dose`.
    ax : matplotlib.axes.Axes, optional
        Where to draw.
    """
    ax = style.new_axes(ax, NARROW_IN)
    if not len(table):
        return style.nothing(ax, _("No session has a date."))
    look = STYLES["backward"]
    days = _days(table["week"])
    for day, row in zip(days.tolist(), table.to_dict("records"), strict=True):
        style.hatched(ax, look, (day, 0.0), 6.0, float(row["backward_min"]))
        if row["jump"]:
            at = (day + 3.0, float(row["backward_min"]))
            ax.annotate("!", at, ha="center", va="bottom", color=INK, fontsize=12, weight="bold")
    ax.set_ylim(0, max(float(table["backward_min"].max()) * 1.15, 1.0))
    ax.set_xlim(float(days.min()) - 2, float(days.max()) + 9)
    style.label(ax, _("Backward running by week; !: more than twice the four weeks before"), "", _("[min]"))
    _date_axis(ax)
    return ax


def forest_figure(athletes: pd.DataFrame, summary: pd.DataFrame, metric: str, *, ax: Axes | None = None) -> Axes:
    """Draw each athlete's ratio with its interval, below them the mean and where a further athlete is expected.

    Parameters
    ----------
    athletes, summary : pandas.DataFrame
        Of a `gait.club.ClubComparison`.
    metric : str
        Which metric.
    ax : matplotlib.axes.Axes, optional
        Where to draw.
    """
    own = athletes[athletes["metric"] == metric].sort_values("ratio", kind="stable")
    ax = style.new_axes(ax, (NARROW_IN[0], 1.6 + 0.28 * max(len(own), 4)))
    if not len(own):
        return style.nothing(ax, _("No athlete has a ratio of this metric."))
    look = STYLES["backward"]
    place = np.arange(len(own))[::-1] + 2.0
    ax.hlines(place, own["ratio_low"], own["ratio_high"], color=look.colour, linewidth=1.5)
    ax.plot(own["ratio"], place, "s", color=look.colour, markersize=5, markeredgecolor=INK)
    names = [str(name)[:18] for name in own["athlete"]]
    total = summary[summary["metric"] == metric]
    ticks = list(place)
    if len(total):
        row = total.iloc[0]
        ax.hlines(0.6, row["predicted_low"], row["predicted_high"], color=FAINT, linewidth=1.5, linestyle=(0, (2, 2)))
        corners = [(row["ratio_low"], 0.6), (row["ratio"], 0.95), (row["ratio_high"], 0.6), (row["ratio"], 0.25)]
        ax.fill(*zip(*corners, strict=True), color=INK)
        names.append(_("all, expected"))
        ticks.append(0.6)
    ax.axvline(1.0, color=GRID, linewidth=1.2, zorder=0)
    title = in_words(metric).label
    style.label(ax, title, _("backward / forward (1: equal)"), "")
    ax.set_yticks(ticks, names)
    ax.grid(axis="y", visible=False)
    return ax


def trend_words(table: pd.DataFrame, metric: str) -> str:
    """Say a trend in numbers, as the alternative text of its figure."""
    quantity, parts = in_words(metric), []
    for way in WAYS:
        own = table[table["direction"] == way]
        if len(own):
            low, high = (spell(float(own["value"].agg(end)), f".{quantity.decimals}f") for end in ("min", "max"))
            parts.append(
                _("{way}: {n} sessions from {low} to {high} {unit}, {far} beyond the noise", way=direction_word(way),
                  n=len(own), low=low, high=high, unit=quantity.unit, far=int(own["beyond_noise"].sum()))
            )  # fmt: skip
    return f"{quantity.label}. " + "; ".join(parts) + "."


def dose_words(table: pd.DataFrame) -> str:
    """Say the dose in numbers, as the alternative text of its figure."""
    most = float(table["backward_min"].max()) if len(table) else 0.0
    return _(
        "Backward running in {n} weeks, at most {most:.1f} minutes in a week, {jumps} weeks far above the four before.",
        n=len(table), most=most, jumps=int(table["jump"].sum()) if len(table) else 0,
    )  # fmt: skip


def forest_words(athletes: pd.DataFrame, summary: pd.DataFrame, metric: str) -> str:
    """Say the athletes' ratios in numbers, as the alternative text of their figure."""
    own = athletes[athletes["metric"] == metric]
    total = summary[summary["metric"] == metric]
    text = _(
        "{label}, backward divided by forward, of {n} athletes: from {low:.2f} to {high:.2f}.",
        label=in_words(metric).label, n=len(own), low=float(own["ratio"].min()), high=float(own["ratio"].max()),
    )  # fmt: skip
    if len(total):
        row = total.iloc[0]
        text += " " + _(
            "Mean {ratio:.2f}, 95 % interval {low:.2f} to {high:.2f}.",
            ratio=float(row["ratio"]), low=float(row["ratio_low"]), high=float(row["ratio_high"]),
        )  # fmt: skip
    return text


def _days(dates: pd.Series) -> NDArray[np.float64]:
    """Dates as the plotting library counts them, in days since 1970."""
    return dates.to_numpy(dtype="datetime64[D]").astype(float)


def _date_axis(ax: Axes) -> None:
    """At most four days as ticks, written so that every language reads them."""
    low, high = (round(end) for end in ax.get_xlim())
    step = max(-(-(high - low) // 4), 1)
    ticks = list(range(low + step // 2, high + 1, step))
    ax.set_xticks(ticks, [str(np.datetime64(day, "D")) for day in ticks])
    ax.tick_params(axis="x", labelsize=9)
