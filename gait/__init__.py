"""What a phone or a watch can honestly tell about running, forward and backward.

The public names are loaded when first used, so that importing the package costs next to nothing.
"""

from importlib import import_module
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from gait.analysis import analyze as analyze
    from gait.analysis import compare as compare
    from gait.errors import GaitError as GaitError
    from gait.errors import GaitWarning as GaitWarning
    from gait.io.reader import read_recording as read_recording
    from gait.recording import Recording as Recording
    from gait.results import Analysis as Analysis
    from gait.results import Comparison as Comparison
    from gait.settings import AnalysisSettings as AnalysisSettings

    __version__: str

_HOME = {
    "analyze": "gait.analysis",
    "compare": "gait.analysis",
    "read_recording": "gait.io.reader",
    "Recording": "gait.recording",
    "Analysis": "gait.results",
    "Comparison": "gait.results",
    "AnalysisSettings": "gait.settings",
    "GaitError": "gait.errors",
    "GaitWarning": "gait.errors",
}

_MODULES = ("datasets", "learning", "plots", "validate")

__all__ = [
    "Analysis", "AnalysisSettings", "Comparison", "GaitError", "GaitWarning", "Recording", "analyze", "compare",
    "read_recording",
]  # fmt: skip


def __getattr__(name: str) -> Any:
    if name in _HOME:
        return getattr(import_module(_HOME[name]), name)
    if name in _MODULES:
        return import_module(f"gait.{name}")
    if name == "__version__":
        from importlib.metadata import version

        return version("retrogait")
    raise AttributeError(f"module 'gait' has no attribute {name!r}")


def __dir__() -> list[str]:
    return [*__all__, *_MODULES]
