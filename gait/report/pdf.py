"""The report on paper, by WeasyPrint (``pip install 'retrogait[pdf]'``)."""

from __future__ import annotations

import os
import re
from pathlib import Path
from typing import TYPE_CHECKING, Any

from gait.errors import UsageError
from gait.language import gettext as _
from gait.report.files import write_bytes
from gait.report.page import render_report

if TYPE_CHECKING:
    from gait.results import Analysis


def check_pdf() -> None:
    """Refuse where PDF cannot be made.

    Raises
    ------
    UsageError
        If WeasyPrint or one of the libraries that it needs is missing.
    """
    _weasyprint()


def write_pdf(analysis: Analysis, path: str | os.PathLike[str]) -> Path:
    """Write the report as PDF, and return its path.

    Parameters
    ----------
    analysis : Analysis
        From `gait.analyze`.
    path : path-like
        Where to write; missing folders are made, an existing file is replaced once the new one is complete.

    Raises
    ------
    UsageError
        If WeasyPrint or one of the libraries that it needs is missing.
    """
    # inside of pictures WeasyPrint knows no variables; on paper their values are the light ones that stand beside them
    text = re.sub(r"var\(--[\w-]+, (#\w+)\)", r"\1", render_report(analysis))
    target = Path(path)
    write_bytes(target, _weasyprint().HTML(string=text).write_pdf())
    return target


def _weasyprint() -> Any:
    try:
        import weasyprint
    except ImportError as error:
        raise UsageError(
            _("a PDF needs the package WeasyPrint, which is not installed"),
            _("Install it with: pip install 'retrogait[pdf]', or print report.html from a browser"),
        ) from error
    except OSError as error:  # its C libraries are loaded on import
        raise UsageError(
            _("WeasyPrint does not find a library that it needs ({error})", error=error),
            _("Install Pango, see doc.courtbouillon.org/weasyprint, or print report.html from a browser"),
        ) from error
    return weasyprint
