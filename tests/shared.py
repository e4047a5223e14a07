"""Evaluation material that lies beside the project: used where it is, never copied."""

import os
from pathlib import Path

import pytest

SHARED = Path(__file__).parents[1].parent / "shared"
"""Folder with real exports and recordings; it may be absent."""


def require_shared(*parts: str) -> Path:
    """Path inside the shared folder; skips the test where it is absent, but fails in continuous integration."""
    path = SHARED.joinpath(*parts)
    if not path.exists():
        message = f"the evaluation material {path.relative_to(SHARED.parent)} is not beside the project"
        if os.environ.get("CI"):
            pytest.fail(message)
        pytest.skip(message)
    return path
