"""Every figure: functions ``(result, *, ax=None) -> Axes``, and for each an alternative text made from its numbers.

Forward and backward differ in colour, marker, line style and hatching, so that no figure needs colour.
"""

from gait.plots.export import svg
from gait.plots.figures import FIGURES, band_power, cadence, dose, impacts, signal, timeline, waveform
from gait.plots.select import available
from gait.plots.style import NARROW_IN, STYLES, WIDE_IN
from gait.plots.words import alt_text

__all__ = [
    "FIGURES", "NARROW_IN", "STYLES", "WIDE_IN", "alt_text", "available", "band_power", "cadence", "dose", "impacts",
    "signal", "svg", "timeline", "waveform",
]  # fmt: skip
