"""Reports in a real browser: nothing that axe objects to, nothing from outside, no sideways scrolling, few pages."""

import re
from importlib.resources import files

import pytest

import gait
from gait.language import in_language
from gait.report import write_report

REPORTS = {
    "belt": ("simulated_belt_phone.zip", "lower_back", "first-run", "en"),
    "groups": ("simulated_pocket_unknown.zip", "pocket", None, "en"),
    "clipped": ("simulated_clipped_2g.csv", "waist", "first-run", "en"),
    "german": ("simulated_belt_phone.zip", "lower_back", "first-run", "de"),
}
WIDTHS = (360, 1280)
MAX_PAGES = {"belt": 8, "groups": 6, "clipped": 8, "german": 9}


@pytest.fixture(scope="module", params=REPORTS)
def report(request, samples, tmp_path_factory):
    name, placement, calibrate, code = REPORTS[request.param]
    with in_language(code):
        recording = gait.read_recording(samples / name, placement=placement)
        analysis = gait.analyze(recording, calibrate=calibrate)
    return request.param, write_report(analysis, tmp_path_factory.mktemp("report") / "report.html")


@pytest.fixture
def open_page(browser):
    pages = []

    def opened(path, **context):
        page = browser.new_page(**context)
        pages.append(page)
        page.asked = []
        page.on("request", lambda request: page.asked.append(request.url))
        page.goto(path.as_uri())
        return page

    yield opened
    for page in pages:
        page.close()


@pytest.mark.parametrize("width", WIDTHS)
def test_axe_objects_to_nothing(open_page, report, width):
    page = open_page(report[1], viewport={"width": width, "height": 800})
    page.evaluate("document.querySelectorAll('details').forEach(part => part.open = true)")
    page.evaluate(files("axe_playwright_python").joinpath("axe.min.js").read_text("utf-8") + "; 0")
    for scheme in ("light", "dark"):
        page.emulate_media(color_scheme=scheme)
        found = page.evaluate("axe.run(document, {resultTypes: ['violations']})")
        assert len(found["passes"]) > 10
        assert [(v["id"], [node["html"][:120] for node in v["nodes"][:3]]) for v in found["violations"]] == [], scheme


def test_the_page_stands_alone_and_does_not_scroll_sideways(open_page, report):
    page = open_page(report[1])
    for width in (320, *WIDTHS):
        page.set_viewport_size({"width": width, "height": 800})
        wide, seen = page.evaluate("[document.documentElement.scrollWidth, document.documentElement.clientWidth]")
        assert wide <= seen, width
    assert page.asked == [report[1].as_uri()]


def test_links_lead_somewhere_and_fingers_can_hit_them(open_page, report):
    page = open_page(report[1], viewport={"width": 360, "height": 800})
    small = page.evaluate(
        "[...document.querySelectorAll('nav a, .downloads a, summary')]"
        ".filter(a => a.getBoundingClientRect().height < 44).map(a => a.textContent)"
    )
    assert small == []
    targets = page.evaluate("[...document.querySelectorAll('a[href^=\"#\"]')].map(a => a.getAttribute('href'))")
    assert targets
    assert all(page.locator(target).count() == 1 for target in targets)


def test_the_page_shows_the_same_without_javascript(open_page, report):
    page = open_page(report[1], java_script_enabled=False)
    assert page.locator("h2").count() >= 6
    assert page.locator("svg[role=img]").count() >= 3


def test_print_needs_few_pages_and_the_first_holds_the_answer(open_page, report):
    name, path = report
    page = open_page(path)
    pdf = page.pdf(prefer_css_page_size=True)
    assert len(re.findall(rb"/Type\s*/Page\b", pdf)) <= MAX_PAGES[name]
    page.emulate_media(media="print")
    page.set_viewport_size({"width": 703, "height": 1032})  # A4 without its margins, 96 dots per inch
    height = page.evaluate("document.querySelector('.first').getBoundingClientRect().bottom")
    assert height <= 1032, "the answer and its table do not fit on the first page"
