"""The command ``gait validate``: recordings against labels."""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path
from typing import TYPE_CHECKING, Any

from gait.app.inputs import parse_calibrate
from gait.errors import UsageError

if TYPE_CHECKING:
    import pandas as pd

    from gait.results import Analysis
    from gait.validate import Validation


def validate_folder(recordings: Path, labels: Path, contacts: Path | None) -> Validation:
    """Analyse the recordings that a table of labels names, and compare.

    Raises
    ------
    UsageError
        When folder or tables do not fit.
    """
    from gait.validate import validate

    if not recordings.exists():
        raise UsageError(f"{recordings} does not exist", "Give the folder of recordings, or one recording")

    def analyse(name: str, options: Mapping[str, Any]) -> Analysis:
        from gait.analysis import analyze
        from gait.io.reader import read_recording

        path = recordings / name if recordings.is_dir() else recordings
        anterior = options.get("anterior")
        calibrate = options.get("calibrate")
        recording = read_recording(
            path,
            placement=str(options.get("placement", "unknown")),
            anterior=None if anterior is None else str(anterior),
        )
        return analyze(recording, calibrate=parse_calibrate(None if calibrate is None else str(calibrate)))

    return validate(read_table(labels), analyse, None if contacts is None else read_table(contacts))


def read_table(path: Path) -> pd.DataFrame:
    """Read a small table separated by comma, semicolon or tab.

    Raises
    ------
    UsageError
        When it is not there or is no table.
    """
    import pandas as pd

    try:
        head = path.read_text(encoding="utf-8-sig").splitlines()[:1]
        separator = max(",;\t", key=head[0].count) if head else ","
        return pd.read_csv(path, sep=separator, decimal="." if separator == "," else ",", encoding="utf-8-sig")
    except (OSError, ValueError) as error:
        raise UsageError(f"{path} cannot be read as a table ({type(error).__name__})", "Give a CSV file") from error
