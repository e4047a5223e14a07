"""The command ``gait``: analyze, inspect, serve, simulate, validate.

Exit status: 0 analysed (also when nothing was found), 1 the recording was refused, 2 wrong use of the command.
"""

from __future__ import annotations

import json
import os
import sys
import warnings
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any

import typer

from gait.app.batch import batch, compact, compare, forget, trend
from gait.app.options import (
    AccColumnsOption,
    AnteriorOption,
    BackwardGroupOption,
    CalibrateOption,
    JsonOption,
    LabelsOption,
    LanguageOption,
    OutOption,
    PdfOption,
    PlacementOption,
    RateOption,
    RecordingPath,
    ScaleOption,
    SpeedOption,
    TimeColumnOption,
    UnitOption,
)
from gait.app.plain import DEBUG, plain_errors
from gait.app.serve import serve
from gait.app.terminal import Stages, show_analysis, show_recording
from gait.errors import UsageError
from gait.language import gettext as _
from gait.language import in_language
from gait.told import parse_calibrate, parse_columns, parse_speed, read_labels

if TYPE_CHECKING:
    from gait.recording import Recording
    from gait.results import Analysis

STDOUT = "-"
SIMULATED = "simulated_"

app = typer.Typer(
    name="gait",
    help="What a phone or a watch can honestly tell about running, forward and backward.",
    no_args_is_help=True,
    add_completion=False,
    rich_markup_mode=None,
    pretty_exceptions_enable=False,
    context_settings={"help_option_names": ["-h", "--help"]},
)


def _say_version(wanted: bool) -> None:
    if wanted:
        from gait import __version__

        typer.echo(f"gait {__version__}")
        raise typer.Exit


@app.callback()
def options(
    version: Annotated[
        bool, typer.Option("--version", callback=_say_version, is_eager=True, help="Print the version and stop.")
    ] = False,
) -> None:
    """Tell backward from forward running, from accelerometer files of phones and watches."""


@app.command()
def analyze(
    recording: RecordingPath,
    placement: PlacementOption = "unknown",
    anterior: AnteriorOption = None,
    calibrate: CalibrateOption = None,
    labels: LabelsOption = None,
    backward_group: BackwardGroupOption = None,
    speed: SpeedOption = None,
    out: OutOption = None,
    pdf: PdfOption = False,
    json_file: JsonOption = None,
    language: LanguageOption = "en",
    rate: RateOption = None,
    unit: UnitOption = None,
    scale: ScaleOption = None,
    time_column: TimeColumnOption = None,
    acc_columns: AccColumnsOption = None,
) -> None:
    """Find bouts, direction, steps and impacts, and compare backward with forward running."""
    with plain_errors(), in_language(language):
        known: dict[str, Any] = {
            "calibrate": parse_calibrate(calibrate),
            "labels": None if labels is None else read_labels(labels),
            "backward_group": _choose("--backward-group", backward_group, ("A", "B")),
            "speed": parse_speed(speed),
        }
        _check_targets(recording, json_file, out)
        if pdf:
            _check_pdf(out)
        with Stages([_("Reading"), _("Analysing"), _("Writing")]) as stages:
            stages.next()
            taken = _read(recording, placement, anterior, rate, unit, scale, time_column, acc_columns)
            stages.next()
            from gait.analysis import analyze as analyze_recording

            analysis = analyze_recording(taken, **known)
            stages.next()
            if json_file is not None:
                _write_json(analysis.to_dict(), json_file)
            if out is not None:
                _write_folder(analysis, out, pdf=pdf)
        if json_file != STDOUT:
            show_analysis(analysis)
            _say_where(json_file, out)


@app.command()
def inspect(
    recording: RecordingPath,
    placement: PlacementOption = "unknown",
    anterior: AnteriorOption = None,
    json_file: JsonOption = None,
    language: LanguageOption = "en",
    rate: RateOption = None,
    unit: UnitOption = None,
    scale: ScaleOption = None,
    time_column: TimeColumnOption = None,
    acc_columns: AccColumnsOption = None,
) -> None:
    """Read a recording without analysing it: what it was taken for, what was assumed, how good it is."""
    with plain_errors(), in_language(language):
        _check_targets(recording, json_file, None)
        with Stages([_("Reading"), _("Checking")]) as stages:
            stages.next()
            taken = _read(recording, placement, anterior, rate, unit, scale, time_column, acc_columns)
            stages.next()
            from gait.quality import inspect_flags

            flags = inspect_flags(taken)
            if json_file is not None:
                from gait.contract import recording_to_dict

                _write_json(recording_to_dict(taken, flags, taken.assumptions), json_file)
        if json_file != STDOUT:
            show_recording(taken, flags, taken.assumptions)
            _say_where(json_file, None)


app.command()(serve)
for _season_command in (batch, compare, trend, compact, forget):
    app.command()(_season_command)


@app.command()
def simulate(
    target: Annotated[
        Path,
        typer.Argument(
            metavar="OUT",
            help="Folder for the sample recordings; with --layout, the one file to write, named simulated_...",
        ),
    ],
    layout: Annotated[
        str | None,
        typer.Option(
            "--layout",
            metavar="NAME",
            help="Write one recording in this layout: sensor-logger-android, sensor-logger-ios, phyphox, "
            "phyphox-semicolon-comma, phyphox-tab-comma, sensorlog, physics-toolbox or csv.",
        ),
    ] = None,
    placement: Annotated[
        str | None,
        typer.Option(
            "--placement", metavar="NAME", help="lower_back (default), waist, hip, chest, pocket, wrist or unknown."
        ),
    ] = None,
    rate: Annotated[
        float | None, typer.Option("--rate", metavar="HZ", help="Samples per second, 100 by default.")
    ] = None,
    clip: Annotated[
        float | None, typer.Option("--clip", metavar="G", min=0.5, help="Range of the sensor in g, 8 by default.")
    ] = None,
    seed: Annotated[
        int | None, typer.Option("--seed", min=0, help="The same seed gives the same file; 0 by default.")
    ] = None,
) -> None:
    """Write simulated recordings with the truth beside them: all samples, or one with --layout."""
    given = {"placement": placement, "rate_hz": rate, "clip_g": clip}
    device = {name: value for name, value in given.items() if value is not None}
    with plain_errors():
        if layout is None and (device or seed is not None):
            raise UsageError(
                "the sample recordings are fixed", "Add --layout to choose device and seed of one recording"
            )
        with Stages(["Simulating"]) as stages, _writing(str(target)):
            stages.next()
            if layout is None:
                from gait.simulate import write_samples

                written = write_samples(target)
            else:
                written = [_simulate_one(target, layout, device, seed or 0)]
        for path in written:
            typer.echo(f"Simulated: {path}")


@app.command()
def validate(
    recordings: Annotated[
        list[Path], typer.Argument(metavar="RECORDINGS...", help="Folder with the recordings, or the recordings.")
    ],
    labels: Annotated[
        Path,
        typer.Argument(
            metavar="LABELS",
            help="Table with file, start_s, end_s and where known gait, direction, cadence_spm, n_steps; per file also "
            "placement, anterior, calibrate, athlete.",
        ),
    ],
    out: Annotated[Path, typer.Option("--out", metavar="DIR", help="Folder for the page and the tables.")],
    contacts: Annotated[
        Path | None, typer.Option("--contacts", metavar="FILE", help="Filmed contacts: columns file, ic_s, tc_s.")
    ] = None,
    json_file: JsonOption = None,
    language: LanguageOption = "en",
) -> None:
    """Compare recordings with stopwatch or video labels; the labels are never used to decide anything."""
    with plain_errors(), in_language(language):
        from gait.app.validate import validate_folder
        from gait.report.validation import validation_to_dict, write_validation

        _check_targets(str(labels), json_file, out)
        with Stages(["Comparing"]) as stages:
            stages.next()
            result = validate_folder(recordings, labels, contacts)
        with _writing(str(out)):
            written = write_validation(result, out)
        if json_file is not None:
            _write_json(validation_to_dict(result), json_file)
        if json_file != STDOUT:
            counts = result.scores["verdict"].value_counts()
            said = {word: int(counts.get(word, 0)) for word in ("right", "unknown", "wrong")}
            counted = {"n_recordings": len(result.recordings), "n_labels": len(result.scores), **said}
            line = _("Recordings: {n_recordings}. Labels: {n_labels}. Direction: {right} right, {unknown} unknown, "
                     "{wrong} wrong.", **counted)  # fmt: skip
            typer.echo(line)
            for _name, problem in result.failures:
                typer.echo(_("Not analysed: {problem}", problem=problem))
            typer.echo(_("Page: {path}", path=written[0]))


def _simulate_one(target: Path, layout: str, device: dict[str, Any], seed: int) -> Path:
    """Write the session of the recording protocol: forward first, then three backward and forward bouts by turns."""
    from gait.simulate import Device, simulate_session, truth_path, write_recording
    from gait.simulate.samples import alternating

    if not target.name.startswith(SIMULATED):
        raise UsageError(
            f"{target.name} does not say that it is simulated", f"Give a file name that begins with {SIMULATED}"
        )
    made = simulate_session(alternating(pairs=3, run_s=25, rest_s=8), device=Device(**device), seed=seed)
    target.parent.mkdir(parents=True, exist_ok=True)
    written = write_recording(made, target, layout)
    truth = truth_path(written)
    truth.parent.mkdir(exist_ok=True)
    made.write_truth(truth)
    return written


def main() -> None:
    """Run the command line."""
    for stream in (sys.stdout, sys.stderr):
        if hasattr(stream, "reconfigure"):
            stream.reconfigure(errors="replace")
    if not sys.warnoptions and not os.environ.get(DEBUG):
        warnings.simplefilter("ignore")
    app(prog_name="gait")


def _read(
    recording: str,
    placement: str,
    anterior: str | None,
    rate: float | None,
    unit: str | None,
    scale: float | None,
    time_column: str | None,
    acc_columns: str | None,
) -> Recording:
    from gait.io.reader import read_recording

    return read_recording(
        recording,
        placement=placement,
        anterior=anterior,
        rate_hz=rate,
        unit=unit,
        scale=scale,
        time_column=time_column,
        acc_columns=parse_columns(acc_columns),
    )


def _choose(option: str, value: str | None, allowed: tuple[str, ...]) -> str | None:
    if value is not None and value not in allowed:
        raise UsageError(f"{option} {value!r} is not known", f"Give {' or '.join(allowed)}")
    return value


def _check_targets(recording: str, json_file: str | None, out: Path | None) -> None:
    """Refuse to overwrite the recording, before any work is done."""
    if json_file not in (None, STDOUT) and Path(str(json_file)).resolve() == Path(recording).resolve():
        raise UsageError(f"--json {json_file} would overwrite the recording", "Give another file")
    if out is not None and out.exists() and not out.is_dir():
        raise UsageError(f"--out {out} is a file", "Give a folder")


def _check_pdf(out: Path | None) -> None:
    """Refuse a PDF that has no place or cannot be made, before any work is done."""
    if out is None:
        raise UsageError("--pdf needs a folder", "Add --out DIR")
    from gait.report import check_pdf

    check_pdf()


def _write_json(document: dict[str, Any], target: str) -> None:
    text = json.dumps(document, ensure_ascii=target == STDOUT, allow_nan=False)
    if target == STDOUT:
        typer.echo(text)
        return
    with _writing(target):
        path = Path(target)
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(text + "\n", encoding="utf-8")


def _write_folder(analysis: Analysis, folder: Path, *, pdf: bool) -> None:
    from gait.report import write_pdf, write_report, write_tables

    with _writing(str(folder)):
        folder.mkdir(parents=True, exist_ok=True)
        write_report(analysis, folder / "report.html")
        if pdf:
            write_pdf(analysis, folder / "report.pdf")
        write_tables(analysis, folder)


@contextmanager
def _writing(target: str) -> Iterator[None]:
    try:
        yield
    except OSError as error:
        raise UsageError(
            f"{target} cannot be written: {error.strerror or error}", "Choose a place where you may write"
        ) from error


def _say_where(json_file: str | None, out: Path | None) -> None:
    if json_file is not None:
        typer.echo(f"JSON: {json_file}")
    if out is not None:
        typer.echo(_("Report: {path}", path=out / "report.html"))


if __name__ == "__main__":
    main()
