"""Every threshold of the analysis, with its unit in the name and its source beside it."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True)
class AnalysisSettings:
    """Thresholds of the analysis."""
