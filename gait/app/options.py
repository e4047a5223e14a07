"""The options that several commands share, with their help."""

from pathlib import Path
from typing import Annotated

import typer

RecordingPath = Annotated[
    str, typer.Argument(metavar="RECORDING", help="The app's own export: a file, a zip or a folder.")
]
PlacementOption = Annotated[
    str,
    typer.Option(
        "--placement",
        metavar="NAME",
        help="Where the device was worn: lower_back, waist, hip, chest, pocket, thigh, shank, foot, wrist, "
        "upper_arm, hand, bag or unknown.",
    ),
]
AnteriorOption = Annotated[
    str | None,
    typer.Option(
        "--anterior",
        metavar="AXIS",
        help="The device axis that points to the runner's front: +x, -x, +y, -y, +z or -z.",
    ),
]
CalibrateOption = Annotated[
    str | None,
    typer.Option(
        "--calibrate",
        metavar="first-run|START-END",
        help="Known forward running: the first running bout, or seconds such as 12-40.",
    ),
]
LabelsOption = Annotated[
    Path | None,
    typer.Option("--labels", metavar="FILE", help="Known directions: columns start_s, end_s, direction."),
]
BackwardGroupOption = Annotated[
    str | None,
    typer.Option("--backward-group", metavar="A|B", help="Which of two opposite groups of bouts was backward."),
]
SpeedOption = Annotated[
    str | None,
    typer.Option(
        "--speed",
        metavar="M/S|FILE",
        help="Speed of all runs in m/s (treadmill), or a table: start_s, end_s and speed_ms or, for laps, distance_m.",
    ),
]
OutOption = Annotated[
    Path | None,
    typer.Option("--out", metavar="DIR", help="Folder for report.html, bouts.csv, steps.csv and analysis.json."),
]
RateOption = Annotated[
    float | None,
    typer.Option("--rate", metavar="HZ", help="Samples per second, only for recordings that have no time column."),
]
UnitOption = Annotated[
    str | None,
    typer.Option("--unit", metavar="U", help="Acceleration unit where the file does not say: g, m/s^2 or mg."),
]
ScaleOption = Annotated[
    float | None,
    typer.Option("--scale", metavar="X", help="Counts per g, for files of raw sensor counts."),
]
TimeColumnOption = Annotated[
    str | None,
    typer.Option("--time-column", metavar="NAME", help="Time column: its name, or its number counted from 1."),
]
AccColumnsOption = Annotated[
    str | None,
    typer.Option("--acc-columns", metavar="X,Y,Z", help="Acceleration columns: names, or numbers counted from 1."),
]
LanguageOption = Annotated[
    str,
    typer.Option("--language", metavar="en|de", help="Language of the report and of all sentences."),
]
PdfOption = Annotated[
    bool,
    typer.Option("--pdf", help="Write report.pdf beside the report; needs --out and pip install 'retrogait[pdf]'."),
]
JsonOption = Annotated[
    str | None,
    typer.Option("--json", metavar="FILE", help="Write the result as JSON; - writes to standard output."),
]
