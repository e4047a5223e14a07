"""The rules of the house: what may be imported, what things are called, what the README promises."""

import ast
import re
import subprocess
import sys
import tomllib
from pathlib import Path

import pytest

HEAVY = ("pandas", "scipy", "sklearn", "matplotlib")
WORDS_THAT_RUNNING_BACKWARD_REVERSES = re.compile(r"heel[ -]?strike|toe[ -]?off", re.IGNORECASE)
MAX_MODULE_LINES = 400
MAX_FUNCTION_LINES = 60
MAX_SAMPLE_BYTES = 1_000_000


def modules(root: Path) -> list[Path]:
    return sorted((root / "gait").rglob("*.py"))


def texts(root: Path) -> list[Path]:
    folders = [root / name for name in ("gait", "tests", "docs", ".ci", "benchmarks", "notebooks")]
    kinds = {".py", ".md", ".toml", ".cff", ".html", ".j2", ".json", ".css", ".js", ""}
    inside = [path for folder in folders for path in folder.rglob("*") if path.is_file() and path.suffix in kinds]
    return [*inside, *(path for path in root.iterdir() if path.is_file() and path.suffix in kinds)]


def code_after(marker: str, text: str) -> str:
    found = re.search(rf"<!-- {marker} -->\n+```sh\n(.*?)```", text, re.DOTALL)
    assert found, f"README.md has no {marker}"
    return found[1]


@pytest.mark.parametrize(
    "statement",
    [
        "import gait",
        "import gait; gait.__version__, gait.GaitError, dir(gait)",
        "from gait.app.cli import app; app(['--help'], standalone_mode=False)",
        "from gait.app.cli import app; app(['analyze', '--help'], standalone_mode=False)",
        "from gait.app.cli import app; app(['simulate', '--help'], standalone_mode=False)",
    ],
)
def test_heavy_imports_are_lazy(statement: str) -> None:
    code = f"import sys\n{statement}\nprint('loaded:', *[m for m in {HEAVY} if m in sys.modules])"
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert done.stdout.splitlines()[-1] == "loaded:"


def test_every_module_has_its_layer(root: Path) -> None:
    config = tomllib.loads((root / "pyproject.toml").read_text())["tool"]["importlinter"]
    layers = next(contract for contract in config["contracts"] if contract["type"] == "layers")
    placed = {name.strip(" ()") for layer in layers["layers"] for name in layer.split(":")}
    there = {path.stem for path in (root / "gait").glob("*.py")} - {"__init__"}
    there |= {path.parent.name for path in (root / "gait").glob("*/__init__.py")}
    assert there == placed | set(layers["exhaustive_ignores"])


def test_the_architecture_names_every_module(root: Path) -> None:
    text = (root / "docs" / "architecture.md").read_text()
    for path in modules(root):
        if path.name != "__init__.py":
            assert f"`{path.relative_to(root / 'gait').as_posix()}`" in text, path


def test_no_words_that_running_backward_reverses(root: Path) -> None:
    for path in [*(p for p in texts(root) if "gait" in p.relative_to(root).parts), root / "README.md"]:
        assert not WORDS_THAT_RUNNING_BACKWARD_REVERSES.search(path.read_text()), path


def test_no_file_names_the_machine_it_was_written_on(root: Path) -> None:
    for path in texts(root):
        text = path.read_text()
        assert f"{root.parent}/" not in text, path
        assert not re.search(r"(?<![\w/.])/(home|root|Users)/", text), path


def test_everything_public_has_a_docstring(root: Path) -> None:
    kinds = (ast.FunctionDef, ast.ClassDef)
    for path in modules(root):
        tree = ast.parse(path.read_text())
        assert ast.get_docstring(tree), path
        classes = [node for node in tree.body if isinstance(node, ast.ClassDef) and not node.name.startswith("_")]
        for parent in [tree, *classes]:
            for node in parent.body:
                if isinstance(node, kinds) and not node.name.startswith("_"):
                    assert ast.get_docstring(node), f"{path.name}: {node.name}"


def test_modules_and_functions_are_short(root: Path) -> None:
    for path in modules(root):
        text = path.read_text()
        assert len(text.splitlines()) < MAX_MODULE_LINES, path
        for node in ast.walk(ast.parse(text)):
            if isinstance(node, ast.FunctionDef):
                body = node.body[1:] if ast.get_docstring(node) and len(node.body) > 1 else node.body
                length = (body[-1].end_lineno or 0) - body[0].lineno + 1
                assert length < MAX_FUNCTION_LINES, f"{path.name}: {node.name} has {length} lines"


def test_sample_recordings_are_small_and_say_that_they_are_simulated(samples: Path) -> None:
    files = [path for path in samples.rglob("*") if path.is_file() and path.name != "README.md"]
    assert files
    for path in files:
        assert path.name.startswith("simulated_"), path
        assert path.stat().st_size < MAX_SAMPLE_BYTES, path


def test_ci_runs_the_commands_of_the_readme(root: Path) -> None:
    readme, ci = (root / "README.md").read_text(), (root / ".ci" / "run").read_text()
    first, second = (code_after(name, readme) for name in ("first command", "second command"))
    assert 'for name in "first command" "second command"' in ci
    for command in (first, second):
        assert command.startswith("python3 -m venv .venv && ")
    sample = re.search(r"sample_recordings/\S+", first)
    assert sample
    assert (root / sample[0]).is_file()
    assert ".ci/check" in second
    check = (root / ".ci" / "check").read_text()
    assert all(tool in check for tool in ("ruff", "mypy", "lint-imports", "pytest"))


def test_one_version_everywhere(root: Path) -> None:
    import gait

    version = tomllib.loads((root / "pyproject.toml").read_text())["project"]["version"]
    assert gait.__version__ == version
    assert f"version: {version}\n" in (root / "CITATION.cff").read_text()
    changelog = (root / "CHANGELOG.md").read_text()
    assert f"## [{version}]" in changelog
    assert "### Numbers change" in changelog


def test_help_lists_every_choice(run_gait) -> None:
    from gait.recording import ANTERIOR_AXES, PLACEMENTS
    from gait.simulate import LAYOUTS
    from gait.simulate.model import SIMULATED_PLACEMENTS

    def words(command: str) -> set[str]:
        help_text = re.sub(r"-\n +", "-", run_gait(command, "--help").stdout)
        return set(re.findall(r"[+-]?\w[\w-]*", help_text))

    assert set(PLACEMENTS) | set(ANTERIOR_AXES) <= words("analyze")
    assert set(LAYOUTS) | set(SIMULATED_PLACEMENTS) <= words("simulate")
