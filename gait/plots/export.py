"""Figures as part of a page."""

from __future__ import annotations

import io
import re
from collections.abc import Callable
from typing import TYPE_CHECKING

import matplotlib as mpl
from markupsafe import Markup
from matplotlib.figure import Figure

from gait.plots.figures import FIGURES
from gait.plots.style import CSS_COLOURS, NARROW_IN
from gait.plots.words import alt_text

if TYPE_CHECKING:
    from matplotlib.axes import Axes

    from gait.results import Analysis


def svg(kind: str, result: Analysis, *, size_in: tuple[float, float] = NARROW_IN) -> Markup:
    """Return a figure as an ``<svg>`` element with its alternative text.

    Text stays text, ink follows the page's colours, names inside are the figure's own, and nothing outside is loaded.

    Parameters
    ----------
    kind : str
        One of ``FIGURES``.
    result : Analysis
        What to draw.
    size_in : tuple of float, optional
        Width and height [inch].
    """
    return svg_of(
        f"{kind}-{size_in[0]:.0f}", lambda ax: FIGURES[kind](result, ax=ax), alt_text(kind, result), size_in=size_in
    )


def svg_of(name: str, draw: Callable[[Axes], object], alternative: str, *, size_in: tuple[float, float]) -> Markup:
    """Return what a function draws as an ``<svg>`` element.

    Parameters
    ----------
    name : str
        Names inside of the figure begin with it; unique in a page.
    draw : callable
        Draws on the axes that it is given.
    alternative : str
        Alternative text.
    size_in : tuple of float
        Width and height [inch].
    """
    with mpl.rc_context({"svg.fonttype": "none", "svg.hashsalt": name, "hatch.linewidth": 0.7}):
        figure = Figure(size_in, layout="constrained")
        draw(figure.add_subplot())
        buffer = io.StringIO()
        figure.savefig(buffer, format="svg", transparent=True)
    text = buffer.getvalue()
    body = re.sub(r"<metadata>.*?</metadata>|<!--.*?-->", "", text[text.index("<svg") :], flags=re.DOTALL)
    body = re.sub(r'\sxmlns(:xlink)?="[^"]*"| version="1.1"', "", body).replace("xlink:href", "href")
    body = re.sub(r'(\bid="|url\(#|href="#)', rf"\g<1>{name}-", body)
    for colour, variable in CSS_COLOURS.items():
        body = body.replace(colour, f"var({variable}, {colour})")
    box = re.search(r'viewBox="[^"]*"', body)
    assert box is not None
    head = Markup('<svg {} role="img" focusable="false" aria-label="{}">')
    return head.format(Markup(box[0]), alternative) + Markup(body[body.index(">") + 1 :])
