"""What the reading part promises to the rest of the house."""

import re
import subprocess
import sys
from pathlib import Path

import gait.io
from gait.io import assemble

SOURCES = sorted(Path(gait.io.__file__).parent.glob("*.py"))


def test_every_flag_is_in_the_table() -> None:
    listed = set(re.findall(r"^(\w+)  +\w", assemble.__doc__ or "", flags=re.MULTILINE)) - {"code"}
    text = "\n".join(path.read_text(encoding="utf-8") for path in SOURCES)
    raised = set(re.findall(r'(?:\.say|\.warn|\.inform|Flag|[ (]add)\(\s*"(\w+)"', text))
    assert raised == listed


def test_heavy_packages_stay_out() -> None:
    heavy = "('scipy', 'sklearn', 'matplotlib', 'fitdecode')"
    code = f"import sys, gait.io.reader; print([m for m in {heavy} if m in sys.modules])"
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert done.stdout.strip() == "[]"


def test_reading_imports_only_what_lies_below() -> None:
    allowed = {"gait.io", "gait.errors", "gait.language", "gait.recording", "gait.nomenclature"}
    for path in SOURCES:
        for module in re.findall(
            r"^\s*(?:from|import) (gait[.\w]*)", path.read_text(encoding="utf-8"), flags=re.MULTILINE
        ):
            assert any(module == name or module.startswith(name + ".") for name in allowed), (path.name, module)


def test_modules_stay_short() -> None:
    for path in SOURCES:
        assert len(path.read_text(encoding="utf-8").splitlines()) < 400, path.name
