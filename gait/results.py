"""The frozen results: what an analysis found, as tidy tables."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import pandas as pd

from gait.recording import Flag, Recording

if TYPE_CHECKING:
    from gait.settings import AnalysisSettings


@dataclass(frozen=True)
class Comparison:
    """Backward against forward running of one recording, bout by bout.

    Attributes
    ----------
    table : pandas.DataFrame
        One row per metric, columns as in ``nomenclature.TABLES["comparison"]``; empty when nothing can be compared.
    sentence : str
        The result in one plain sentence, or why there is none.
    speed_note : str
        ``"speed-matched"``, ``"adjusted for speed"`` or ``"speed not controlled"``.
    warnings : tuple of str
        What makes the comparison implausible or weak.
    """

    table: pd.DataFrame
    sentence: str
    speed_note: str
    warnings: tuple[str, ...] = ()

    def __repr__(self) -> str:
        return f"<Comparison of {len(self.table)} metrics, {self.speed_note}: {self.sentence}>"

    def _repr_html_(self) -> str:
        """What a notebook shows: the sentence, the cautions, the table."""
        from markupsafe import Markup

        cautions = Markup("").join(Markup("<li>{}</li>").format(text) for text in self.warnings)
        columns = ["metric", "unit", "forward", "backward", "ratio", "ratio_low", "ratio_high", "verdict"]
        table = self.table[columns].to_html(index=False, na_rep="–", float_format="{:.3g}".format)
        return str(Markup("<p>{}</p><ul>{}</ul>").format(self.sentence, cautions)) + table


@dataclass(frozen=True)
class Analysis:
    """Everything found in one recording. Assumes nothing that is not listed in `assumptions`.

    Tables have the columns of ``nomenclature.TABLES`` and may be empty; the reason is then in `quality`.

    Attributes
    ----------
    recording : Recording
        What was analysed.
    bouts, steps, strides, bout_metrics, metrics : pandas.DataFrame
        One row per bout, step, stride, (bout, metric), (gait, direction, metric).
    direction_windows : pandas.DataFrame
        What the direction of each bout rests on, window by window; see `gait.learning`.
    comparison : Comparison
        Backward against forward running.
    cadence : pandas.DataFrame
        Cadence along the recording: ``bout_id``, ``time_s`` (middle of the window), ``cadence_spm``.
    waveforms : pandas.DataFrame
        Mean step of each running bout: ``phase_pct`` 0..100 from one initial contact to the next, ``acc_vert_g``.
    overview : pandas.DataFrame
        Envelope of the vertical acceleration in at most 2000 bins, for pictures.
    capabilities : dict of str to str
        What this placement, rate and gravity allow; the value is "" when allowed, else the reason why not.
    quality : tuple of Flag
        Remarks on recording and analysis, gravest first.
    assumptions : tuple of str
        Everything that was decided rather than read.
    settings : AnalysisSettings
        Every threshold.
    version : str
        Version of this package.
    language : str
        Language of all sentences, see `gait.language`.
    """

    recording: Recording
    bouts: pd.DataFrame
    direction_windows: pd.DataFrame
    steps: pd.DataFrame
    strides: pd.DataFrame
    bout_metrics: pd.DataFrame
    metrics: pd.DataFrame
    comparison: Comparison
    cadence: pd.DataFrame
    waveforms: pd.DataFrame
    overview: pd.DataFrame
    capabilities: dict[str, str]
    quality: tuple[Flag, ...]
    assumptions: tuple[str, ...]
    settings: AnalysisSettings
    version: str
    language: str = "en"

    def to_dict(self) -> dict[str, Any]:
        """Return the public JSON object (schema version 1) as plain Python values."""
        from gait.contract import analysis_to_dict

        return analysis_to_dict(self)

    def __repr__(self) -> str:
        runs = self.bouts["gait"].eq("run").sum()
        return (
            f"<Analysis of {self.recording.source}: {runs} runs, {len(self.bouts) - runs} walks, {len(self.steps)} "
            f"steps measured, {len(self.quality)} remarks. {self.comparison.sentence}>"
        )

    def _repr_html_(self) -> str:
        """What a notebook shows: the sentence, the remarks, the bouts."""
        from markupsafe import Markup

        remarks = Markup("").join(Markup("<li>{} {}</li>").format(f.message, f.remedy) for f in self.quality)
        columns = ["bout_id", "start_s", "end_s", "gait", "direction", "direction_method", "n_steps", "cadence_spm"]
        table = self.bouts[columns].to_html(index=False, na_rep="–", float_format="{:.1f}".format)
        return str(Markup("<p>{}</p><ul>{}</ul>").format(self.comparison.sentence, remarks)) + table
