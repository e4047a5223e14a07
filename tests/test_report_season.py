"""Pages and tables of a season."""

import csv
import re
from importlib.resources import files
from pathlib import Path

import pandas as pd
import pytest

from gait import store as stores
from gait.club import compare_athletes
from gait.language import in_language
from gait.report import season as pages
from tests.season import tables


@pytest.fixture
def made_up(monkeypatch, tmp_path):
    """A results folder with given tables."""
    import numpy as np

    def make(athletes: int = 6, sessions: int = 4, rename=lambda name: name) -> tuple[stores.Store, pd.DataFrame]:
        recordings, bouts, _ = tables(np.random.default_rng(0), athletes=athletes, sessions=sessions)
        for table in (recordings, bouts):
            table["athlete"] = table["athlete"].map(rename)
        failures = pd.DataFrame(
            [("f1", "season/<b>bad</b>.csv", "=cmd()", "read", "it is <i>broken</i>", "Export it again")],
            columns=list(stores.FAILURE_COLUMNS),
        )
        monkeypatch.setattr(pages, "read_recordings", lambda _: recordings)
        monkeypatch.setattr(pages, "read_bouts", lambda _: bouts)
        monkeypatch.setattr(pages, "read_failures", lambda _: failures)
        return stores.open_store(tmp_path / "results"), recordings

    return make


def texts(store: stores.Store) -> dict[str, str]:
    assert store.folder is not None
    return {p.relative_to(store.folder).as_posix(): p.read_text() for p in store.folder.rglob("*.html")}


def test_every_athlete_has_a_page_and_all_is_linked(made_up) -> None:
    store, recordings = made_up()
    pages.write_season(store)
    found = texts(store)
    assert len(found) == 2 + recordings["athlete"].nunique()
    for name, text in found.items():
        assert text.count("<h1>") == 1, name
        assert not re.search(r'(src|href)="(https?:)?//', text), name
        assert text.count("<svg") - text.count('aria-hidden="true"') == len(
            re.findall(r'role="img"[^>]*aria-label="[^"]+"', text)
        )
        for link in re.findall(r'href="([^"#]+)"', text):
            assert (Path(store.root) / name).parent.joinpath(link).resolve().is_file(), (name, link)
    assert "24 analysed, 0 without backward running, 1 failed" in found["index.html"]
    assert "Export it again" in found["index.html"]


def test_nothing_in_a_name_is_taken_for_html_or_a_formula(made_up) -> None:
    store, _ = made_up(rename=lambda name: f"<script>{name}</script>")
    pages.write_season(store, decimal_comma=True)
    found = texts(store)
    assert all("<script>runner" not in text and "<b>bad" not in text for text in found.values())
    assert all(re.fullmatch(r"[a-z0-9_/.-]+", name) for name in found)
    rows = list(csv.reader((Path(store.root) / "failures.csv").read_text("utf-8-sig").splitlines(), delimiter=";"))
    assert rows[1][1] == "'=cmd()"


def test_pages_of_people_who_are_gone_go_too(made_up) -> None:
    store, _ = made_up(athletes=6)
    pages.write_season(store)
    before = set(texts(store))
    made_up(athletes=5)
    pages.write_season(store)
    assert len(before - set(texts(store))) == 1


def test_the_summary_is_made_for_spreadsheets(made_up) -> None:
    store, recordings = made_up()
    recordings.loc[0, ["duration_s", "sentence", "date"]] = [123.456, "-1 is no formula", pd.NaT]
    for comma, delimiter, number in ((False, ",", "123.456"), (True, ";", "123,456")):
        pages.write_season(store, decimal_comma=comma)
        rows = list(
            csv.DictReader((Path(store.root) / "summary.csv").read_text("utf-8-sig").splitlines(), delimiter=delimiter)
        )
        assert len(rows) == len(recordings)
        assert rows[0]["Length [s]"] == number
        assert rows[0]["Result"] == "'-1 is no formula"
        assert rows[0]["Date"] == ""
        assert rows[1]["Date"] == "2026-03-09"


def test_names_of_pages_are_safe_and_unique() -> None:
    names = ["anna", "Anna", "a/../b", "åse", "", "x" * 99, "a b", "a-b"]
    slugs = pages.slugs_of(names)
    assert len(set(slugs.values())) == len(names)
    assert slugs["anna"] == "anna"
    assert all(re.fullmatch(r"[a-z0-9_-]{1,50}", slug) for slug in slugs.values())


def test_few_athletes_and_none_give_pages_with_the_reason(made_up) -> None:
    store, recordings = made_up(athletes=2)
    pages.write_season(store)
    assert "Only 2 athletes can be compared" in texts(store)["comparison.html"]
    club = compare_athletes(recordings.iloc[:0], recordings.iloc[:0].assign(gait="", direction="", n_steps=0))
    assert "No athlete has enough" in pages.render_comparison(club)


@pytest.mark.parametrize("language", ["en", "de"])
def test_pages_speak_the_language_and_claim_nothing(made_up, language) -> None:
    store, _ = made_up()
    with in_language(language):
        pages.write_season(store)
    text = " ".join(texts(store).values())
    assert f'<html lang="{language}">' in text
    assert ("Rückwärtslaufen" in text) is (language == "de")
    assert not re.search(r"safer|injury risk score|calorie|loading rate|significan", text, re.IGNORECASE)


@pytest.mark.parametrize("width", [360, 1280])
def test_pages_in_a_browser(made_up, browser, width) -> None:
    """Nothing that axe objects to, nothing from outside, no sideways scrolling; the table can be sorted."""
    axe = files("axe_playwright_python").joinpath("axe.min.js").read_text("utf-8")
    store, _ = made_up()
    pages.write_season(store)
    page = browser.new_page(viewport={"width": width, "height": 800})
    asked = []
    page.on("request", lambda request: asked.append(request.url))
    for name in ("index.html", "comparison.html", next(n for n in texts(store) if n.startswith("athletes/"))):
        page.goto((Path(store.root) / name).as_uri())
        page.evaluate(axe)
        found = page.evaluate("() => axe.run()")["violations"]
        assert not found, [(each["id"], [node["html"][:200] for node in each["nodes"]][:3]) for each in found]
        assert page.evaluate("document.documentElement.scrollWidth") <= width
    assert all(url.startswith("file:") for url in asked)
    page.goto((Path(store.root) / "index.html").as_uri())
    button = page.locator("table.sortable th button", has_text="Athlete")
    for order in (["runner 0", "runner 5"], ["runner 5", "runner 0"]):
        button.click()
        cells = page.locator("table.sortable tbody tr td:nth-child(2)").all_inner_texts()
        assert [cells[0], cells[-1]] == order
    page.close()
