"""Palette, sizes, and what all axes have in common."""

from __future__ import annotations

import textwrap
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, Literal

from matplotlib.colors import to_rgba
from matplotlib.figure import Figure
from matplotlib.lines import Line2D
from matplotlib.patches import Patch, Rectangle
from matplotlib.ticker import FuncFormatter, MultipleLocator, ScalarFormatter
from matplotlib.transforms import ScaledTranslation

from gait.language import DECIMAL_COMMA, current_language
from gait.plots.words import clock, series_name

if TYPE_CHECKING:
    from matplotlib.artist import Artist
    from matplotlib.axes import Axes

INK, FAINT, GRID, ENVELOPE = "#1b1f24", "#59626d", "#d7dbe0", "#8b949e"
NARROW_IN, WIDE_IN = (4.4, 3.7), (9.2, 3.4)
"""Sizes of figures: as wide as a phone, as wide as a page [inch]."""
TIME_STEPS_S = (5, 10, 15, 30, 60, 120, 300, 600, 900, 1800, 3600, 7200, 14400)


@dataclass(frozen=True)
class Style:
    """How one kind of bout looks.

    Attributes
    ----------
    colour, text : str
        Colour of graphics, and the darker one of letters.
    marker, symbol : str
        Marker of the plotting library, and the same shape as a letter.
    line : str or tuple
        Line style.
    hatch : str
        Hatching of areas.
    """

    colour: str
    text: str
    marker: str
    symbol: str
    line: Literal["-"] | tuple[float, Sequence[float]]
    hatch: str


STYLES = {
    "forward": Style("#0072b2", "#00609a", "o", "●", "-", ""),
    "backward": Style("#d55e00", "#b34700", "^", "▲", (0, (5, 2)), "////"),
    "A": Style("#009e73", "#00704f", "s", "■", (0, (6, 2, 1, 2)), "----"),
    "B": Style("#c0629a", "#96386f", "D", "◆", (0, (1, 1)), "xxxx"),
    "unknown": Style("#767d86", "#4f565f", "X", "✖", (0, (3, 1)), "\\\\\\\\"),
    "walk": Style("#a9b0b8", "#4f565e", "v", "▼", (0, (1, 2)), "||"),
}
"""Every kind of bout by its key, in the order of legends."""
CSS_COLOURS = {INK: "--ink", FAINT: "--faint", GRID: "--grid"} | {s.text: f"--{key}-text" for key, s in STYLES.items()}
"""Colours that a page may replace (for its dark form), and its names for them."""


def hatched(ax: Axes, style: Style, corner: tuple[float, float], width: float, height: float) -> None:
    """Add a pale area with the hatching of its kind (two patches: an exported hatching knows no transparency).

    Parameters
    ----------
    ax : matplotlib.axes.Axes
        Where.
    style : Style
        How this kind of bout looks.
    corner : (float, float)
        Lower left corner, in data.
    width, height : float
        Size, in data.
    """
    ax.add_patch(Rectangle(corner, width, height, facecolor=pale(style), linewidth=0))
    frame = Rectangle(corner, width, height, facecolor="none", edgecolor=style.colour, hatch=style.hatch)
    ax.add_patch(frame)


def pale(style: Style) -> tuple[float, float, float, float]:
    """Return the colour for filled areas under a hatching."""
    return to_rgba(style.colour, 0.25)


def new_axes(ax: Axes | None, size_in: tuple[float, float]) -> Axes:
    """Return `ax`, or the axes of a new figure that no window knows.

    Parameters
    ----------
    ax : matplotlib.axes.Axes or None
        Axes that are given.
    size_in : (float, float)
        Width and height of a new figure [inch].
    """
    return Figure(size_in, layout="constrained").add_subplot() if ax is None else ax


def width_in(ax: Axes) -> float:
    """Return the width of the plot itself, roughly [inch]."""
    figure = ax.get_figure(root=True)
    assert figure is not None
    return max(1.05 * figure.get_figwidth() * ax.get_position().width, 1.0)


class _DecimalComma(ScalarFormatter):
    """Numbers on an axis with a comma."""

    def __call__(self, x: float, pos: int | None = None) -> str:
        return super().__call__(x, pos).replace(".", ",")


def label(ax: Axes, title: str, x: str, y: str) -> None:
    """Set title and labels, and the plain frame that all figures share.

    Parameters
    ----------
    ax : matplotlib.axes.Axes
        Where.
    title, x, y : str
        Title and labels, with units.
    """
    lines = [textwrap.fill(line, int(width_in(ax) * 12.5)) for line in title.splitlines()]
    ax.set_title("\n".join(lines), loc="left", fontsize=11, color=INK, linespacing=1.25)
    ax.set_xlabel(x, fontsize=11, color=INK)
    ax.set_ylabel(y, fontsize=11, color=INK)
    ax.tick_params(labelsize=11, labelcolor=INK, color=FAINT)
    if current_language() in DECIMAL_COMMA:
        for axis in (ax.xaxis, ax.yaxis):
            if type(axis.get_major_formatter()) is ScalarFormatter:
                axis.set_major_formatter(_DecimalComma())
    ax.grid(axis="y", color=GRID, linewidth=0.7)
    ax.set_axisbelow(True)
    for side, spine in ax.spines.items():
        spine.set_visible(side in ("left", "bottom"))
        spine.set_color(FAINT)


def clock_axis(ax: Axes, duration_s: float) -> None:
    """Let the x axis run from the start to the end of the recording, in minutes and seconds.

    Parameters
    ----------
    ax : matplotlib.axes.Axes
        Where.
    duration_s : float
        Length of the recording [s].
    """
    end = max(duration_s, 1.0)
    most = max(width_in(ax) / 0.75, 2)
    step = next((s for s in TIME_STEPS_S if end / s <= most), TIME_STEPS_S[-1])
    ax.set_xlim(0, end)
    ax.xaxis.set_major_locator(MultipleLocator(step))
    ax.xaxis.set_major_formatter(FuncFormatter(lambda value, _: clock(value)))


def key(ax: Axes, keys: Iterable[str], *, drop_pt: float = 36, patches: bool = False) -> None:
    """Put a key below the axes with every kind of bout that is there.

    Parameters
    ----------
    ax : matplotlib.axes.Axes
        Where.
    keys : iterable of str
        Kinds of bout, keys of ``STYLES``.
    drop_pt : float
        Distance below the axes [pt].
    patches : bool
        Whether areas instead of markers are shown.
    """
    present = [name for name in STYLES if name in set(keys)]
    handles: list[Artist] = []
    for name in present:
        style = STYLES[name]
        if patches:
            text = f"{style.symbol} {series_name(name)}"
            handles.append(Patch(facecolor="none", edgecolor=style.colour, hatch=style.hatch, label=text))
        else:
            text = series_name(name)
            handles.append(Line2D([], [], color=style.colour, linestyle=style.line, marker=style.marker, label=text))
    if not handles:
        return
    figure = ax.get_figure(root=True)
    assert figure is not None
    below = ax.transAxes + ScaledTranslation(0, -drop_pt / 72, figure.dpi_scale_trans)
    columns = max(int(width_in(ax) // 1.7), 1)
    ax.legend(handles=handles, loc="upper left", bbox_to_anchor=(0, 0), bbox_transform=below, ncols=columns,
              frameon=False, fontsize=11, labelcolor=INK, borderpad=0, handlelength=2.6, columnspacing=1.4)  # fmt: skip


def nothing(ax: Axes, sentence: str) -> Axes:
    """Say in the middle of empty axes why they are empty.

    Parameters
    ----------
    ax : matplotlib.axes.Axes
        Where.
    sentence : str
        Why.
    """
    ax.set_axis_off()
    text = textwrap.fill(sentence, int(width_in(ax) * 11))
    ax.text(0.5, 0.5, text, transform=ax.transAxes, ha="center", va="center", fontsize=12, color=INK)
    return ax
