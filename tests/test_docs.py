"""The documentation: it builds without a warning, its links lead somewhere, its code runs, its search finds."""

import csv
import doctest
import fcntl
import importlib
import importlib.util
import json
import os
import re
import shlex
import shutil
import subprocess
import sys
import threading
from functools import partial
from html.parser import HTMLParser
from http.server import SimpleHTTPRequestHandler, ThreadingHTTPServer
from itertools import pairwise
from pathlib import Path
from urllib.parse import unquote, urlsplit

import pytest

from tests.conftest import ROOT
from tests.shared import SHARED, require_shared

PAGES = [ROOT / "README.md", *sorted((ROOT / "docs").glob("*.md"))]
WITH_EXAMPLES = [path for path in sorted((ROOT / "gait").rglob("*.py")) if ">>> " in path.read_text(encoding="utf-8")]
NEEDED = ("docs", "sample_recordings", "benchmarks/accuracy", "README.md", "CHANGELOG.md", "CONTRIBUTING.md")
NOT_RUN = {
    ("README.md", ".ci/check"),  # the tools, this test among them
    ("research.md", "from gait.datasets import load"),
    ("tour.md", "python3 -m venv .venv"),
    ("tour.md", "gait serve"),
    ("validation.md", "gait validate club/ labels.csv --out validation"),
}
"""Every command that is not executed here, by page and first command; each is marked on its page with a reason."""
INSTALLING = re.compile(r"python3 -m venv |\.venv/bin/pip |pip install ")
"""Done by ``.ci/run`` on a clean copy, as `test_house` demands."""
ENDLESS = ("serve",)
OWN_PROCESS = ("batch",)
"""Commands that start processes of their own."""
SEARCHED = {"initial contact": "glossary", "phyphox": "formats", "unknown direction": "faq"}
WIDTHS = (360, 1280)
FENCE = re.compile(
    r"(?:<!-- (?P<mark>(?:not run: |printed by |first command|second command).*?) ?-->\n+)?"
    r"(?P<ticks>```+)(?P<kind>[^\n]*)\n(?P<code>.*?)^(?P=ticks) *$",
    re.DOTALL | re.MULTILINE,
)


def fences(path: Path) -> list[dict[str, str]]:
    return [found.groupdict() for found in FENCE.finditer(path.read_text(encoding="utf-8"))]


def words_of(text: str) -> str:
    """The text in one line, without rules of tables."""
    return " ".join(re.sub(r"[─━]+", " ", text).split())


# --- code on the pages ------------------------------------------------------------------------------------------------


@pytest.fixture
def workplace(tmp_path, monkeypatch):
    """A folder with what the pages speak of: the samples, a recording ``run.zip``, labels, a club, a season."""
    samples = tmp_path / "sample_recordings"
    shutil.copytree(ROOT / "sample_recordings", samples)
    shutil.copy(samples / "simulated_belt_phone.zip", tmp_path / "run.zip")
    truth = json.loads((samples / "truth" / "simulated_belt_phone.json").read_text(encoding="utf-8"))
    runs = [bout for bout in truth["intervals"] if bout["gait"] == "run"]
    names = ("start_s", "end_s", "direction")
    known = [names, *([run[name] for name in names] for run in runs)]
    write_rows(tmp_path / "known.csv", known)
    laps = [(run["start_s"], run["end_s"], round(2.8 * (run["end_s"] - run["start_s"]), 2)) for run in runs]
    write_rows(tmp_path / "laps.csv", [("start_s", "end_s", "distance_m"), *laps])
    (tmp_path / "club").mkdir()
    shutil.copy(tmp_path / "run.zip", tmp_path / "club" / "run.zip")
    write_rows(tmp_path / "labels.csv", [("file", *known[0]), *(("run.zip", *row) for row in known[1:])])
    (tmp_path / "season" / "anna").mkdir(parents=True)
    shutil.copy(tmp_path / "run.zip", tmp_path / "season" / "anna" / "2026-03-01.zip")
    (tmp_path / "season" / "ben").mkdir()
    shutil.copy(samples / "simulated_treadmill_backward.zip", tmp_path / "season" / "ben" / "2026-03-02.zip")
    monkeypatch.chdir(tmp_path)
    return tmp_path


def write_rows(path: Path, rows: list) -> None:
    with path.open("w", newline="", encoding="utf-8") as file:
        csv.writer(file).writerows(rows)


def commands(code: str) -> list[list[str]]:
    """The single commands of a shell block, as words."""
    lines = re.sub(r"\\\n", " ", code).splitlines()
    parts = [part for line in lines for part in re.split(r"\s&&\s", line)]
    return [words for part in parts if (words := shlex.split(part, comments=True))]


@pytest.mark.parametrize("path", PAGES, ids=lambda path: path.name)
@pytest.mark.slow
def test_code_of_the_page_runs(path, workplace, run_gait):
    printed: dict[str, str] = {}
    space: dict[str, object] = {}
    said = ""
    for fence in fences(path):
        kind, code, mark = fence["kind"].strip(), fence["code"], fence["mark"] or ""
        if mark.startswith("not run: "):
            assert len(mark) > len("not run: because"), "say why"
        elif kind == "sh":
            for words in commands(code):
                said = run_command(words, run_gait) or said
            printed.setdefault(mark, said)
        elif kind == "python":
            exec(compile(code, path.name, "exec"), space)
        elif kind in ("text", "") and (mark.startswith("printed by ") or path.name == "README.md"):
            output = words_of(said if mark else printed["first command"])
            for part in filter(None, map(words_of, re.split(r"^ *\.\.\. *$", code, flags=re.MULTILINE))):
                assert part in output, f"{path.name} says that this is printed: {part}"
        else:
            assert kind.startswith("{") or kind == "text", f"{path.name}: a block of {kind!r} is not executed"


def run_command(words: list[str], run_gait) -> str:
    """Run one command of a page and return what it prints."""
    if words[0] in (".venv/bin/gait", "gait"):
        rest = [words[1], "--help"] if words[1] in ENDLESS else words[1:]
        if words[1] in OWN_PROCESS:
            code = "from gait.app.cli import main; main()"
            environment = {**os.environ, "PYTHONPATH": str(ROOT)}
            run = subprocess.run([sys.executable, "-c", code, *rest], capture_output=True, text=True, env=environment)
            assert run.returncode == 0, f"{shlex.join(words)}: {run.stderr}"
            return run.stdout
        done = run_gait(*rest, env={"COLUMNS": "100"})
        assert done.exit_code == 0, f"{shlex.join(words)}: {done.stderr}"
        return str(done.stdout)
    assert INSTALLING.match(" ".join(words)) or words[0] == ".ci/check", words
    return ""


@pytest.mark.parametrize("path", WITH_EXAMPLES, ids=lambda path: path.stem)
def test_examples_of_docstrings_print_what_they_say(path):
    module = importlib.import_module(".".join(path.relative_to(ROOT).with_suffix("").parts))
    done = doctest.testmod(module)
    assert done.attempted and not done.failed


def test_what_is_not_run_is_listed():
    found = set()
    for path in PAGES:
        for fence in fences(path):
            if (fence["mark"] or "").startswith("not run: "):
                found.add((path.name, fence["code"].splitlines()[0]))
    assert found == {entry for entry in NOT_RUN if entry[1] != ".ci/check"}


# --- the list of formats ----------------------------------------------------------------------------------------------


@pytest.fixture(scope="module")
def listed():
    with (ROOT / "docs" / "formats.csv").open(encoding="utf-8") as file:
        return {row["layout"]: row for row in csv.DictReader(file)}


def test_every_layout_is_in_the_list(listed):
    from gait.io.formats import SPECS

    assert {spec.name for spec in SPECS} <= set(listed)
    assert all(row["carries"] and row["export"] for row in listed.values())


@pytest.mark.slow
def test_the_list_counts_the_real_files_that_are_read(listed):
    from gait.errors import GaitError
    from gait.io.reader import read_recording
    from tests.test_io_manifest import ROWS, rate_option

    require_shared("formats", "manifest.csv")
    counts = dict.fromkeys(listed, 0)
    for row in ROWS:
        if row["expected_outcome"] == "refuse" or row["path"].startswith("_derived"):
            continue
        try:
            layout = read_recording(SHARED / "formats" / row["path"], rate_hz=rate_option(row)).format
        except GaitError:
            continue
        if layout in counts:
            counts[layout] += 1
    assert counts == {layout: int(row["real_files"]) for layout, row in listed.items()}


# --- the built pages --------------------------------------------------------------------------------------------------


@pytest.fixture(scope="module")
def built(tmp_path_factory):
    """The documentation, built from a copy with warnings as errors: once, also where tests run in several processes."""
    if importlib.util.find_spec("sphinx") is None or importlib.util.find_spec("sphinx_gallery") is None:
        message = "Sphinx and what the documentation needs are not installed (dependency group dev)"
        pytest.fail(message) if os.environ.get("CI") else pytest.skip(message)
    base = tmp_path_factory.getbasetemp()
    checkout = (base.parent if "PYTEST_XDIST_WORKER" in os.environ else base) / "documentation"
    checkout.mkdir(exist_ok=True)
    said = checkout / "said.txt"
    with (checkout / "lock").open("w") as lock:
        fcntl.flock(lock, fcntl.LOCK_EX)
        if not said.exists():
            said.write_text(build(checkout), encoding="utf-8")
    assert not said.read_text(encoding="utf-8"), said.read_text(encoding="utf-8")
    return checkout / "pages"


def build(checkout: Path) -> str:
    """Build the documentation from a copy of what it needs, and return what Sphinx complains of."""
    for name in NEEDED:
        (checkout / name).parent.mkdir(parents=True, exist_ok=True)
        if (ROOT / name).is_dir():
            ignored = shutil.ignore_patterns("_build", "gallery", "__pycache__")
            shutil.copytree(ROOT / name, checkout / name, ignore=ignored)
        else:
            shutil.copy(ROOT / name, checkout / name)
    done = subprocess.run(
        [sys.executable, "-m", "sphinx", "-W", "--keep-going", "-q", "-b", "html", "docs", "pages"],
        cwd=checkout, env={**os.environ, "PYTHONPATH": str(ROOT), "MPLBACKEND": "Agg"}, capture_output=True, text=True,
    )  # fmt: skip
    return done.stderr or ("" if done.returncode == 0 else f"Sphinx ended with {done.returncode}")


class Links(HTMLParser):
    """Ids of a page, where it leads, and what it loads."""

    def __init__(self, text: str) -> None:
        super().__init__()
        self.ids: set[str] = set()
        self.leads: set[str] = set()
        self.loads: set[str] = set()
        self.levels: list[int] = []
        self.feed(text)

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        given = {name: value or "" for name, value in attrs}
        self.ids |= {given[name] for name in ("id", "name") if name in given}
        if tag == "a":
            self.leads.add(given.get("href", ""))
        elif tag == "link":
            self.loads.add(given.get("href", ""))
        if "src" in given:
            self.loads.add(given["src"])
        if re.fullmatch(r"h\d", tag):
            self.levels.append(int(tag[1]))


@pytest.fixture(scope="module")
def read(built):
    """Every page with its links."""
    pages = (path for path in built.rglob("*.html") if "_static" not in path.parts)
    return {path: Links(path.read_text(encoding="utf-8")) for path in pages}


@pytest.mark.slow
def test_every_link_leads_somewhere(read):
    for page, links in read.items():
        for link in links.leads | links.loads:
            parts = urlsplit(link)
            if parts.scheme in ("http", "https", "mailto", "data") or link in ("", "#"):
                continue
            target = (page.parent / unquote(parts.path)).resolve() if parts.path else page
            target = target / "index.html" if target.is_dir() else target
            assert target.is_file(), f"{page.name} leads to {link}"
            if parts.fragment and target in read:
                assert unquote(parts.fragment) in read[target].ids, f"{page.name} leads to {link}"


@pytest.mark.slow
def test_nothing_is_loaded_from_elsewhere(built, read):
    for page, links in read.items():
        assert not [link for link in links.loads if re.match(r"(https?:)?//", link)], page
    for sheet in built.rglob("*.css"):
        assert not re.search(r"(url\(|@import)\s*[\"']?(https?:)?//", sheet.read_text(encoding="utf-8")), sheet


@pytest.mark.slow
def test_pages_do_not_name_the_machine_that_built_them(built):
    for path in built.rglob("*.html"):
        text = path.read_text(encoding="utf-8")
        assert str(built.parent) not in text and f"{ROOT.parent}/" not in text, path


@pytest.mark.slow
def test_headings_do_not_skip_a_level(read):
    for page, links in read.items():
        assert links.levels, page
        assert all(after - before <= 1 for before, after in pairwise(links.levels)), (page.name, links.levels)


def test_every_package_has_a_page():
    packages = {path.parent.name for path in (ROOT / "gait").glob("*/__init__.py")} - {"app"}
    for name in packages:
        page = ROOT / "docs" / "api" / f"{name}.md"
        assert page.is_file() and f"modules gait.{name}\n" in page.read_text(encoding="utf-8"), page


@pytest.mark.slow
def test_every_public_name_is_documented(read):
    import gait
    import gait.plots
    import gait.report
    import gait.simulate

    ids = set().union(*(links.ids for links in read.values()))
    assert {f"gait.{name}" for name in gait.__all__} <= ids
    for package in (gait.plots, gait.report, gait.simulate):
        for name in package.__all__:
            thing = getattr(package, name)
            if callable(thing):
                assert f"{thing.__module__}.{thing.__name__}" in ids, name


@pytest.fixture(scope="module")
def address(built):
    handler = partial(Quiet, directory=str(built))
    with QuietServer(("127.0.0.1", 0), handler) as server:
        threading.Thread(target=server.serve_forever, daemon=True).start()
        yield f"http://127.0.0.1:{server.server_port}/"
        server.shutdown()


class QuietServer(ThreadingHTTPServer):
    """Says nothing when a browser hangs up."""

    def handle_error(self, *_: object) -> None:
        """Say nothing."""


class Quiet(SimpleHTTPRequestHandler):
    """Says nothing about each request."""

    def log_message(self, *_: object) -> None:
        """Say nothing."""


@pytest.mark.slow
def test_search_finds(browser, address):
    page = browser.new_page()
    for words, expected in SEARCHED.items():
        page.goto(f"{address}search.html?q={words.replace(' ', '+')}")
        page.wait_for_selector(f"#search-results a[href*='{expected}.html']", state="attached", timeout=20_000)
    page.close()


@pytest.mark.slow
@pytest.mark.parametrize("width", WIDTHS)
def test_pages_in_a_browser_fit_and_ask_nobody_else(browser, address, built, width):
    page = browser.new_page(viewport={"width": width, "height": 900})
    asked = []
    page.on("request", lambda request: asked.append(request.url))
    for path in sorted(built.glob("*.html")):
        page.goto(address + path.name)
        assert page.evaluate("document.documentElement.scrollWidth") <= width, path.name
    assert not [url for url in asked if not url.startswith((address, "data:"))]
    page.close()
