"""What all tests share."""

import os
import shutil
from collections.abc import Callable, Iterator, Sequence
from pathlib import Path
from typing import Any

import pytest
from hypothesis import settings
from typer.testing import CliRunner

os.environ.setdefault("MPLBACKEND", "Agg")

settings.register_profile("gait", deadline=None, print_blob=True)
settings.load_profile("gait")

ROOT = Path(__file__).parents[1]
CHROMIUM = next(filter(None, map(shutil.which, ("chromium", "chromium-browser", "google-chrome"))), None)


@pytest.fixture(scope="session")
def browser() -> Iterator[Any]:
    """One Chromium for all tests of pages; left out where there is none, but not in CI."""
    if CHROMIUM is None:
        message = "no Chromium is installed (apt-get install chromium)"
        pytest.fail(message) if os.environ.get("CI") else pytest.skip(message)
    from playwright.sync_api import sync_playwright

    with sync_playwright() as play:
        chromium = play.chromium.launch(executable_path=CHROMIUM, args=["--no-sandbox"])
        yield chromium
        chromium.close()


@pytest.fixture(scope="session")
def root() -> Path:
    """The checkout."""
    return ROOT


@pytest.fixture(scope="session")
def samples() -> Path:
    """The folder of simulated sample recordings."""
    return ROOT / "sample_recordings"


@pytest.fixture
def run_gait() -> Callable[..., Any]:
    """Run the command line in this process: ``run_gait("analyze", path, ...)``, with exit_code, stdout, stderr."""
    from gait.app.cli import app

    def run(*arguments: object, env: dict[str, str] | None = None) -> Any:
        words: Sequence[str] = [str(argument) for argument in arguments]
        return CliRunner().invoke(app, words, env={"COLUMNS": "160", "TERM": "dumb", **(env or {})}, prog_name="gait")

    return run
