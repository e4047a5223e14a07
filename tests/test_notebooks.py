"""The notebooks run from a copy of their folder and the sample recordings, and say nothing that is forbidden."""

import html
import os
import re
import shutil

import nbformat
import pytest
from ipykernel.kernelspec import write_kernel_spec
from nbclient import NotebookClient

from tests.test_report import scan

FIGURES = {"01_first_analysis": 2, "02_impact_comparisons": 2, "03_club_season": 3, "04_validate_with_your_labels": 1}
"""Figures that each notebook shows at least."""
ABSOLUTE = re.compile(r"[\"'(\s]~?/[A-Za-z]|[\"'][A-Za-z]:[\\/]|file://|https?://|\\\\\w")
ANOTHER_PROGRAM = re.compile(r"^\s*[!?]|^\s*%(?!matplotlib inline$)|\bpip\b|\bconda\b|subprocess|os\.system", re.M)
RELATIVE = ("../sample_recordings", "../results/")
CELL_TIMEOUT_S = 60


@pytest.fixture(params=FIGURES)
def path(request, root):
    return root / "notebooks" / f"{request.param}.ipynb"


@pytest.fixture
def notebook(path):
    return nbformat.read(path, as_version=4)


def cells(notebook, kind):
    return [cell for cell in notebook.cells if cell.cell_type == kind]


def code(notebook):
    return "\n\n".join(cell.source for cell in cells(notebook, "code"))


def prose(notebook):
    return "\n\n".join(cell.source for cell in cells(notebook, "markdown"))


def on_one_line(text):
    return re.sub(r"\s+", " ", text)


def everything_in(folder):
    return {p for name in ("notebooks", "sample_recordings") for p in (folder / name).rglob("*")}


def printed(notebook):
    """What a reader sees below the cells."""
    for output in (output for cell in cells(notebook, "code") for output in cell.outputs):
        yield output.get("text", "")
        data = output.get("data", {})
        yield data.get("text/plain", "")
        yield html.unescape(re.sub(r"<style.*?</style>|<[^>]*>", " ", data.get("text/html", ""), flags=re.S))


def test_every_notebook_is_tested(root):
    assert {path.stem for path in (root / "notebooks").glob("*.ipynb")} == set(FIGURES)


def test_notebook_is_kept_without_what_a_run_leaves(notebook):
    nbformat.validate(notebook)
    assert set(notebook.metadata) == {"kernelspec", "language_info"}
    assert notebook.metadata.kernelspec.name == "python3"
    assert notebook.metadata.language_info == {"name": "python"}
    for cell in notebook.cells:
        assert cell.source.strip()
        assert not cell.metadata
    for cell in cells(notebook, "code"):
        assert cell.outputs == [] and cell.execution_count is None, cell.id


def test_ids_of_cells_are_in_order(path, notebook):
    name = path.stem.split("_", 1)[1].replace("_", "-")
    assert [cell.id for cell in notebook.cells] == [f"{name}-{i + 1:02d}" for i in range(len(notebook.cells))]


def test_notebook_says_first_that_its_data_are_simulated(notebook):
    first = notebook.cells[0]
    assert first.cell_type == "markdown"
    assert first.source.startswith("# ")
    assert "**Simulated data.** No person ran" in first.source


def test_code_needs_nothing_but_the_checkout(notebook):
    assert not ABSOLUTE.search(code(notebook)), ABSOLUTE.search(code(notebook))
    assert not ANOTHER_PROGRAM.search(code(notebook)), ANOTHER_PROGRAM.search(code(notebook))
    for place in re.findall(r"\.\./[^\"']*", code(notebook)):
        assert place.startswith(RELATIVE), place


@pytest.mark.parametrize("source", ['open("/data/x.csv")', "pd.read_csv('C:\\\\x')", "Path('~/run.zip')"])
def test_absolute_places_would_be_found(source):
    assert ABSOLUTE.search(source)


@pytest.mark.parametrize("source", ["!ls", "%pip install x", "  ! pip install x", "%%bash\nls", "%matplotlib qt"])
def test_other_programs_would_be_found(source):
    assert ANOTHER_PROGRAM.search(source)


def test_sources_claim_nothing_forbidden(notebook):
    scan(on_one_line(prose(notebook)))
    scan(on_one_line(code(notebook)))


@pytest.mark.slow
def test_notebook_runs(path, root, tmp_path, monkeypatch):
    for folder in ("notebooks", "sample_recordings"):
        shutil.copytree(root / folder, tmp_path / folder)
    write_kernel_spec(str(tmp_path / "jupyter" / "kernels" / "python3"))
    for name in ("JUPYTER_PATH", "JUPYTER_RUNTIME_DIR", "IPYTHONDIR"):
        monkeypatch.setenv(name, str(tmp_path / "jupyter"))
    monkeypatch.setenv("PYTHONPATH", os.pathsep.join(filter(None, [str(root), os.environ.get("PYTHONPATH")])))
    notebook = nbformat.read(tmp_path / "notebooks" / path.name, as_version=4)
    there = everything_in(tmp_path)
    place = {"metadata": {"path": tmp_path / "notebooks"}}
    NotebookClient(notebook, timeout=CELL_TIMEOUT_S, kernel_name="python3", resources=place).execute()
    figures = [out for cell in cells(notebook, "code") for out in cell.outputs if "image/png" in out.get("data", {})]
    assert len(figures) >= FIGURES[path.stem]
    for text in printed(notebook):
        scan(on_one_line(text))
    assert everything_in(tmp_path) == there
