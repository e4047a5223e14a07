"""What a worker process does with an upload: read it, or read and analyse it, and write the results beside it."""

from __future__ import annotations

import dataclasses
import io
import json
import re
from dataclasses import dataclass, field, replace
from pathlib import Path
from typing import TYPE_CHECKING, Any

from gait.app.web.answers import NEITHER, Answers
from gait.errors import GaitError, UsageError
from gait.language import duration, in_language, spell
from gait.language import gettext as _

if TYPE_CHECKING:
    from gait.recording import Flag, Recording
    from gait.results import Analysis

UPLOAD = "upload"
REPORT = "report.html"
BODY = "body.html"
TABLES = ("bouts.csv", "steps.csv", "analysis.json")


@dataclass(frozen=True)
class Order:
    """What is to be done.

    Attributes
    ----------
    folder : str
        Where the upload is and the results go.
    name : str
        What the upload was called; never used as a path.
    language : str
        Language of all sentences.
    reading : dict
        Keywords of `gait.read_recording`.
    answers : Answers, optional
        None to read only.
    keep, athlete : str
        Results folder of a season in which the result is to be kept, and whose it is; empty to keep nothing.
    """

    folder: str
    name: str
    language: str
    reading: dict[str, Any] = field(default_factory=dict)
    answers: Answers | None = None
    keep: str = ""
    athlete: str = ""


@dataclass(frozen=True)
class Looked:
    """What a recording is.

    Attributes
    ----------
    line : str
        The layout, length and rate in one line.
    facts : list of (str, str)
        The same as pairs, and the gaps.
    remarks : list of Flag
        What is wrong with it.
    simulated : bool
        Whether it says that a simulator made it.
    """

    line: str
    facts: list[tuple[str, str]]
    remarks: list[Flag]
    simulated: bool


@dataclass(frozen=True)
class Analysed:
    """What an analysis found, as far as the page itself shows it; the rest stands in the folder.

    Attributes
    ----------
    sentence : str
        The result in one sentence.
    bouts : list of dict
        The bouts to label.
    kept_as : str
        Under which name the result was kept, if it was.
    """

    sentence: str
    bouts: list[dict[str, Any]]
    kept_as: str = ""


@dataclass(frozen=True)
class Refused:
    """Why there is no result, and what to do.

    Attributes
    ----------
    problem, remedy : str
        One sentence each.
    own_fault : bool
        Whether the program is at fault, not the file or the answers.
    """

    problem: str
    remedy: str
    own_fault: bool = False


def prepare() -> None:
    """Load what reading, analysing and drawing need, and draw once, because the first figure is slow."""
    import numpy as np

    from gait.analysis import analyze
    from gait.recording import Recording
    from gait.report.page import render_for_page

    still = np.tile([0.0, 0.0, 1.0], (500, 1))
    render_for_page(analyze(Recording.from_arrays(still, sampling_rate_hz=50.0)))


def perform(order: Order) -> Looked | Analysed | Refused:
    """Do what is ordered.

    Parameters
    ----------
    order : Order
        From the server.
    """
    import warnings

    from gait.analysis import analyze

    with in_language(order.language), warnings.catch_warnings():
        warnings.simplefilter("ignore")
        try:
            answers = order.answers or Answers()
            recording = _read(order, answers)
            if order.answers is None:
                return _look(recording)
            group = None if answers.backward_group == NEITHER else answers.backward_group
            found = analyze(
                recording, calibrate=answers.calibrate, labels=_labels(answers), backward_group=group
            )  # fmt: skip
            if order.keep:
                _keep(found, order, answers)
            return replace(_write(found, Path(order.folder)), kept_as=order.athlete)
        except GaitError as error:
            return refused(error)
        except MemoryError:
            return Refused(_("The recording needs more memory than one analysis may use."), _("Cut it into parts."))
        except Exception as error:
            name = type(error).__name__
            problem = _("gait failed through a fault of its own ({name}), not of yours.", name=name)
            return Refused(problem, _("Please report it, with the app that wrote the file."), own_fault=True)


def refused(error: GaitError) -> Refused:
    """Say on the page what a command would say on the terminal.

    Parameters
    ----------
    error : GaitError
        Of the reader, the analysis or the form.
    """
    problem, remedy = (in_page_words(text) for text in (error.problem, error.remedy))
    return Refused(_sentence(problem), _sentence(remedy))


def _sentence(text: str) -> str:
    return f"{text[0].upper()}{text[1:]}." if text else ""


def in_page_words(text: str) -> str:
    """Name the fields of the page where a sentence names options of the command.

    Parameters
    ----------
    text : str
        A message of the reader or of the analysis, in any language.
    """
    if "--" not in text:
        return text
    for pattern, words in _fields():
        text = re.sub(pattern, words, text)
    return text


def _fields() -> list[tuple[str, str]]:
    columns = _("“Columns of the acceleration”")
    return [
        (r" ?\(--backward-group A \w+ --backward-group B\)", ""),
        (r"--backward-group( [AB])?", _("“Which one was backward?”")),
        (r"--placement \w+", _("“Where was it worn?”")),
        (r"--calibrate( first-run)?", _("“I ran forward first”")),
        (r"--anterior", _("“How do you know forward?”")),
        (r"--labels", _("“Say the direction of each bout”")),
        (r"--acc-columns( X,Y,Z)?", columns),
        (r"--time-column", _("“Column of the time”")),
        (r"--unit", _("“Unit”")),
        (r"--scale", _("“Counts per g”")),
        (r"--rate", _("“Readings per second”")),
    ]


class _Named(io.FileIO):
    """An upload under the name that it had where it came from."""

    def __init__(self, path: Path, name: str) -> None:
        super().__init__(path)
        self.name = name


def _read(order: Order, answers: Answers) -> Recording:
    from gait.io.reader import read_recording

    with _Named(Path(order.folder, UPLOAD), order.name) as file:
        return read_recording(
            file, placement=answers.placement, anterior=answers.anterior, **order.reading
        )  # fmt: skip


def _look(recording: Recording) -> Looked:
    from gait.app.terminal import describe_recording
    from gait.quality import inspect_flags
    from gait.report.details import layout

    flags = [f for f in inspect_flags(recording) if f.code != "placement_unknown"]  # the page asks it anyway
    gaps = next((f.message for f in flags if f.code == "gaps"), _("none"))
    device = [(_("Device"), recording.device)] if recording.device else []
    facts = [
        (_("Taken for"), layout(recording)), *device, (_("Length"), duration(recording.duration_s)),
        (_("Readings per second"), spell(recording.true_rate_hz, ".4g")), (_("Gaps"), gaps),
    ]  # fmt: skip
    remarks = [_in_page_words(f) for f in flags if f.code != "gaps"]
    return Looked(describe_recording(recording), facts, remarks, recording.simulated)


def _labels(answers: Answers) -> Any:
    import pandas as pd

    if not answers.labels:
        return None
    return pd.DataFrame(list(answers.labels), columns=["start_s", "end_s", "direction"])


def _write(analysis: Analysis, folder: Path) -> Analysed:
    from gait.plots.words import clock
    from gait.report.page import render_for_page
    from gait.report.tables import table_texts

    shown = replace(
        analysis, quality=tuple(_in_page_words(flag) for flag in analysis.quality),
        assumptions=tuple(map(in_page_words, analysis.assumptions)),
    )  # fmt: skip
    report, body = render_for_page(shown)
    for name, text in {REPORT: report, BODY: body, **table_texts(analysis)}.items():
        folder.joinpath(name).write_text(text, encoding="utf-8")
    columns = ["bout_id", "start_s", "end_s", "gait", "direction", "direction_group", "direction_method"]
    bouts = json.loads(analysis.bouts[columns].to_json(orient="records"))
    for bout in bouts:
        bout |= {"from": clock(bout["start_s"]), "to": clock(bout["end_s"])}
    return Analysed(analysis.comparison.sentence, bouts)


def _keep(analysis: Analysis, order: Order, answers: Answers) -> None:
    """Keep the numbers of a result in the results folder of a season; an older result of the same file goes."""
    from gait.store import keep_only, open_store, recording_id, save_analysis

    content = analysis.recording.sha256
    source = f"uploaded/{order.athlete}/{content[:8]}_{order.name}"
    known = dataclasses.asdict(answers) | {"source": source, "athlete": order.athlete, "language": order.language}
    key = recording_id(content, known | order.reading, analysis.settings, analysis.version)
    store = open_store(order.keep)
    try:
        save_analysis(store, analysis, key=key, athlete=order.athlete, source=source)
        keep_only(store, {source: key})
    except OSError as error:
        problem = _("the result could not be kept ({reason})", reason=error.strerror or error)
        raise UsageError(problem, _("Tell whoever started this page")) from error


def _in_page_words(flag: Flag) -> Flag:
    return replace(flag, message=in_page_words(flag.message), remedy=in_page_words(flag.remedy))
