"""The page and the files of a validation with labels."""

from __future__ import annotations

import json
from importlib.resources import files
from pathlib import Path
from typing import TYPE_CHECKING, Any

import numpy as np
import pandas as pd
from jinja2 import Environment, PackageLoader, StrictUndefined
from markupsafe import Markup

from gait.language import current_language, ngettext, spell
from gait.language import gettext as _
from gait.metrics.agreement import confusion, gait_confusion, summarise_contacts, summarise_scores
from gait.nomenclature import place_words
from gait.report.files import write_bytes

if TYPE_CHECKING:
    from gait.validate import Validation

NOT_KNOWN = "–"
SHARED = (
    "Agreement of retrogait with labels made by people: counts and errors, by placement and app. It holds no names, "
    "no file names, no dates, no places and no samples. It was not sent anywhere: sharing it is your choice."
)


def validation_to_dict(result: Validation) -> dict[str, Any]:
    """Everything that was found, as plain values; missing numbers are None."""
    return {
        "version": result.version,
        "n_recordings": len(result.recordings),
        **_summaries(result),
        "contacts": _records(result.contacts),
        "labels": _records(result.scores),
        "failures": [{"file": name, "problem": problem} for name, problem in result.failures],
    }


def summary_to_share(result: Validation) -> dict[str, Any]:
    """What may be shared: counts and errors by placement and app, without names, files, dates or samples."""
    recordings = result.recordings
    return {
        "what": SHARED,
        "version": result.version,
        "n_recordings": len(recordings),
        "n_athletes": int(result.scores["athlete"].nunique()),
        "n_simulated": int(recordings["simulated"].sum()),
        "n_failed": len(result.failures),
        "apps": recordings["app"].value_counts().to_dict(),
        "sampling_rates_hz": sorted({round(float(r)) for r in recordings["sampling_rate_hz"]}),
        **_summaries(result),
    }


def _summaries(result: Validation) -> dict[str, Any]:
    return {
        "by_placement": _records(summarise_scores(result.scores, "placement")),
        "confusion": confusion(result.scores).T.to_dict(),
        "gait_seconds": gait_confusion(result.scores).round(1).T.to_dict(),
        "contacts_by_placement": _contacts(result),
    }


def _contacts(result: Validation) -> list[dict[str, Any]]:
    return _records(summarise_contacts(result.contacts, "placement")) if len(result.contacts) else []


def write_validation(result: Validation, folder: Path) -> list[Path]:
    """Write ``validation.html``, ``validation.json``, ``labels_scored.csv`` and ``summary_to_share.json``.

    Parameters
    ----------
    result : Validation
        From `gait.validate.validate`.
    folder : pathlib.Path
        Made if it is not there.

    Returns
    -------
    list of pathlib.Path
        The files, the page first.
    """
    folder.mkdir(parents=True, exist_ok=True)
    texts = {
        "validation.html": render_validation(result),
        "validation.json": json.dumps(validation_to_dict(result), indent=1, allow_nan=False),
        "labels_scored.csv": result.scores.to_csv(index=False),
        "summary_to_share.json": json.dumps(summary_to_share(result), indent=1, allow_nan=False),
    }
    for name, text in texts.items():
        write_bytes(folder / name, text.encode())
    return [folder / name for name in texts]


def render_validation(result: Validation) -> str:
    """Return the page as one HTML text that needs nothing else."""
    environment = Environment(
        loader=PackageLoader("gait"), autoescape=True, undefined=StrictUndefined, trim_blocks=True, lstrip_blocks=True
    )
    environment.globals |= {
        "_": _,
        "ngettext": ngettext,
        "number": _number,
        "place_words": place_words,
        "word_of": _word_of,
    }
    css = files("gait").joinpath("static", "report.css").read_text("utf-8")
    return environment.get_template("validation.html").render(
        css=Markup(css),
        lang=current_language(),
        result=result,
        table=confusion(result.scores),
        seconds=gait_confusion(result.scores),
        rows=_records(summarise_scores(result.scores, "placement")),
        contacts=_contacts(result),
        labels=_records(result.scores),
    )


def _number(value: float | None, decimals: int) -> str:
    return NOT_KNOWN if value is None else spell(value, f".{decimals}f")


def _word_of(code: str | None) -> str:
    """Say a code of the tables."""
    return {
        None: NOT_KNOWN, "": NOT_KNOWN, "forward": _("forward"), "backward": _("backward"), "unknown": _("unknown"),
        "none": _("none"), "still": _("rest"), "walk": _("walking"), "run": _("running"), "right": _("right"),
        "wrong": _("wrong"), "calibrates": _("calibrates"), "labels": _("labels"), "athletes": _("athletes"),
    }[code]  # fmt: skip


def _records(table: pd.DataFrame) -> list[dict[str, Any]]:
    plain = table.astype(object).where(table.notna(), None)
    return [
        {str(k): v.item() if isinstance(v, np.generic) else v for k, v in row.items()}
        for row in plain.to_dict("records")
    ]
