"""Every fault of a command as one sentence and an exit status."""

from __future__ import annotations

import os
import traceback
from collections.abc import Iterator
from contextlib import contextmanager
from typing import NoReturn

import typer

from gait.errors import GaitError, UsageError

EXIT_REFUSED = 1
EXIT_USAGE = 2
DEBUG = "GAIT_DEBUG"
"""Environment variable that shows tracebacks and warnings of libraries."""


@contextmanager
def plain_errors() -> Iterator[None]:
    """Turn every exception into one sentence and an exit status."""
    try:
        yield
    except (typer.Exit, typer.Abort, BrokenPipeError):
        raise
    except UsageError as error:
        stop(str(error), EXIT_USAGE)
    except GaitError as error:
        stop(str(error), EXIT_REFUSED)
    except Exception as error:
        if os.environ.get(DEBUG):
            traceback.print_exc()
        stop(
            f"gait failed through a fault of its own ({type(error).__name__}), not of yours: please report it, with "
            f"the details that the same command prints when {DEBUG}=1 is set in the environment.",
            EXIT_REFUSED,
        )


def stop(sentence: str, status: int) -> NoReturn:
    """Say a sentence on standard error and end the command with a status."""
    typer.echo(" ".join(sentence.split()), err=True)
    raise typer.Exit(status)
