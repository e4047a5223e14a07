import base64
import builtins
import dataclasses
import itertools
import json
import re
from html.parser import HTMLParser
from pathlib import Path

import pandas as pd
import pytest

from gait.errors import UsageError
from gait.nomenclature import BOUT_METRICS, PRIMARY_METRICS, QUANTITIES
from gait.recording import Flag
from gait.report import check_pdf, render_report, write_pdf, write_report, write_tables
from tests.fake_analysis import CASES

ALLOWED = (
    "Laboratory studies at matched speed found backward running to cost about 30–35 % more energy than forward "
    "running (n = 4 and n = 8). Claims of 3–5 times are not supported.",
    "Knee (patellofemoral) load was 24 % lower in one matched-speed study of 20 people, not in everyone, and no "
    "different in another at 1 m/s.",
    "“Three to five times the calories”",
    "“One lap backward is worth six forward” No study was found that measured this.",
    "“Easier on the knees”", "it measures neither energy nor the load on any joint",
    "Not a force, not an injury risk.", "this is not the loading rate of a force plate", "not of harm",
    "This is not a medical device and gives no diagnosis. Ask a doctor or a physiotherapist about pain or injury.",
)  # fmt: skip
"""What a report may say although it sounds like a forbidden claim: each denies it or quotes a study."""

FORBIDDEN_CLAIMS = {
    "safety, impact or injury": r"\bsafer?\b|low[- ]impact|gentle|injur|prevent|protect|\bharm|rehabilit|\bheals",
    "energy": r"calor|\bkcal\b|\benergy\b|vo2|vo₂|oxygen|3–5|3-5|three to five|worth six",
    "force plate": r"loading rate|impact force|\bgrf\b|ground reaction",
    "joints": r"\bknees?\b|patello|\bjoint",
    "bones and health": r"\bbones?\b|osteo|\bhealth",
    "norms": r"\bnorms?\b|normal range|too high|too low|\bideal\b|optimal",
    "accuracy backward": r"\d+(\.\d+)? ?% (accura|correct|right|reliab)|accuracy of \d",
    "sides": r"asymmetr|left leg|right leg|left foot|right foot",
    "events of forward walking": r"heel[- ]?strike|toe[- ]?off|foot[- ]?strike",
    "significance": r"signifcan|significan|p ?[<=] ?0|p-value",
    "no difference": r"no difference(?! beyond)|identical|are the same\b",
    "cause": r"because (you|of) (ran|running) backward|due to running backward|caused by",
    "diagnosis": r"diagnos|patholog|abnormal|treatment|therap",
}


@pytest.fixture(scope="module", params=CASES)
def case(request):
    return CASES[request.param]()


@pytest.fixture(scope="module")
def page(case):
    return render_report(case)


class Page(HTMLParser):
    """Collects tags, their attributes and the words that a reader sees."""

    VOID = frozenset({"meta", "br", "link", "img", "input", "hr", "col"})

    def __init__(self, text):
        super().__init__()
        self.tags, self.words, self.open = [], [], []
        self.feed(text)
        self.close()
        assert not self.open, self.open

    def handle_starttag(self, tag, attrs):
        self.tags.append((tag, dict(attrs)))
        if tag not in self.VOID:
            self.open.append(tag)

    def handle_startendtag(self, tag, attrs):
        self.tags.append((tag, dict(attrs)))

    def handle_endtag(self, tag):
        assert self.open.pop() == tag

    def handle_data(self, data):
        if not {"style", "svg"} & set(self.open):
            self.words.append(data)

    @property
    def text(self):
        return re.sub(r"\s+", " ", " ".join(self.words)).replace(" .", ".")

    def all(self, *tags):
        return [attrs for tag, attrs in self.tags if tag in tags]


def test_page_is_well_formed(page):
    seen = Page(page)
    assert page.startswith("<!DOCTYPE html>")
    assert seen.all("html")[0]["lang"] == "en"
    assert len(seen.all("h1")) == len(seen.all("main")) == len(seen.all("title")) == 1
    assert "width=device-width" in str(seen.all("meta"))
    ids = [attrs["id"] for _, attrs in seen.tags if "id" in attrs]
    assert len(ids) == len(set(ids))
    links = {attrs["href"] for attrs in seen.all("a") if attrs["href"].startswith("#")}
    assert {link[1:] for link in links} <= set(ids)


def test_headings_do_not_skip_a_level(page):
    levels = [int(tag[1]) for tag, _ in Page(page).tags if re.fullmatch(r"h\d", tag)]
    assert levels[0] == 1
    assert all(after - before <= 1 for before, after in itertools.pairwise(levels))


def test_pictures_have_words(page):
    for attrs in Page(page).all("svg"):
        assert attrs.get("aria-hidden") == "true" or (attrs["role"] == "img" and len(attrs["aria-label"]) > 30)
    for attrs in Page(page).all("img"):
        assert attrs["alt"]


def test_tables_have_headings_and_captions(page):
    seen = Page(page)
    for attrs in seen.all("th"):
        assert attrs["scope"] in ("col", "row")
    assert len(seen.all("caption")) >= len(seen.all("table")) - 1


def test_page_loads_nothing_and_runs_nothing(page):
    assert not Page(page).all("script", "link", "iframe", "object", "img")
    assert not re.search(r"https?:|//\w+\.|@import|src=|\son\w+=", re.sub(r'href="data:[^"]*"', "", page))
    assert len(page.encode()) < 2_000_000


def test_no_page_shows_an_empty_number(page):
    text = Page(page).text
    assert not re.search(r"\bnan\b|\bNone\b|\binf\b|Undefined|\{\{|<NA>", text, re.I)


def test_sentence_comes_first_then_quality_picture_table(case, page):
    places = [page.index('class="answer"'), page.index('class="quality')]
    places += [page.index("<figure")] if "<figure" in page else []
    places += [page.index('id="numbers"')] if 'id="numbers"' in page else []
    places += [page.index('class="details"')]
    assert places == sorted(places), places
    assert case.comparison.sentence in Page(page).text


def scan(text):
    for sentence in ALLOWED:
        text = text.replace(sentence, "")
    for name, pattern in FORBIDDEN_CLAIMS.items():
        found = re.search(rf".{{0,60}}({pattern}).{{0,60}}", text, re.I)
        assert found is None, f"{name}: {found and found[0]!r}"


def test_nothing_forbidden_is_claimed(page):
    seen = Page(page)
    scan(" ".join([seen.text, *(attrs.get("aria-label", "") for _, attrs in seen.tags)]))


@pytest.mark.parametrize(
    "claim",
    [
        "Backward running is low-impact and good for your knees.", "You burnt 3–5 times the calories.",
        "The difference is significant (p < 0.05).", "Heel strike was softer.", "Your injury risk is low.",
        "The loading rate fell by 10 %.", "Direction was found with 98 % accuracy.",
    ],
)  # fmt: skip
def test_the_scan_finds_forbidden_claims(claim):
    assert any(re.search(pattern, claim, re.I) for pattern in FORBIDDEN_CLAIMS.values())


def test_literature_is_quoted_exactly_and_disclaimer_stands(page):
    text = Page(page).text
    for sentence in (*ALLOWED[:2], ALLOWED[-1]):
        assert sentence in text


def test_simulated_data_are_called_so(case, page):
    banner = '<p class="banner"><strong>Simulated data.</strong>'
    assert (banner in page) == case.recording.simulated
    assert ("imulated" in page) == case.recording.simulated


def test_every_remark_stands_with_its_remedy(case, page):
    text = Page(page).text
    for flag in case.quality:
        assert flag.message in text
        assert flag.remedy in text
    for sentence in case.assumptions:
        assert sentence in text
    for why in filter(None, case.capabilities.values()):
        assert why[1:] in text
    for fact in (case.recording.sha256, case.recording.format, case.version):
        assert fact in text


def test_main_table_has_five_rows_with_meaning_and_trust():
    text = Page(render_report(CASES["alternating"]())).text
    table = text[text.index("The main numbers") : text.index("Pictures Bouts")]
    for metric in PRIMARY_METRICS:
        for words in (QUANTITIES[metric].label, QUANTITIES[metric].meaning, QUANTITIES[metric].caution):
            assert words in table
    assert table.count("peed not controlled") >= 6


def test_numbers_of_the_main_table_are_those_of_the_comparison():
    analysis = CASES["alternating"]()
    text = Page(render_report(analysis)).text
    for row in analysis.comparison.table.to_dict("records"):
        decimals = QUANTITIES[row["metric"]].decimals
        assert f"{row['forward']:.{decimals}f}" in text
        assert f"{row['ratio']:.2f} (95 %: {row['ratio_low']:.2f} to {row['ratio_high']:.2f})" in text
        assert row["verdict"] in text


def test_groups_get_the_remedy_and_no_direction():
    text = Page(render_report(CASES["groups"]())).text
    assert "--backward-group B" in text
    assert "--calibrate first-run" in text
    assert "20 s of forward running" in text
    first = text[: text.index("All measurements")]
    assert "● forward" not in first
    assert "▲ backward" not in first


def test_one_bout_each_prints_no_interval():
    text = Page(render_report(CASES["one_each"]())).text
    assert "95 % interval" in text  # in the glossary
    assert not re.search(r"95 %: \d", text)
    assert not re.search(r"\(.?\d+\s%\sto", text)


@pytest.mark.parametrize("name", ["nothing", "walking_only", "wrist", "linear", "forward_only", "backward_only"])
def test_nothing_to_compare_gives_no_ratio(name):
    text = Page(render_report(CASES[name]())).text
    assert "Backward divided by forward" not in text
    assert "Change" not in text[: text.index("Glossary")]


def test_hostile_names_are_only_text():
    analysis = CASES["alternating"]()
    evil = '<script>alert("1")</script>&"\'.csv'
    recording = dataclasses.replace(analysis.recording, source=evil, format=evil)
    flags = (Flag("x", "warning", evil, evil),)
    analysis = dataclasses.replace(analysis, recording=recording, quality=flags, assumptions=(evil,))
    page = render_report(analysis)
    assert not Page(page).all("script")
    assert evil in Page(page).text


def test_links_hold_the_tables():
    analysis = CASES["one_each"]()
    links = {a["download"]: a["href"] for a in Page(render_report(analysis)).all("a") if "download" in a}
    assert set(links) == {"bouts.csv", "steps.csv", "analysis.json"}
    data = {name: base64.b64decode(link.split(",", 1)[1]).decode() for name, link in links.items()}
    assert len(data["steps.csv"].splitlines()) == len(analysis.steps) + 1
    assert json.loads(data["analysis.json"])["schema_version"] == "1"


def test_an_hour_stays_below_two_megabytes():
    analysis = CASES["treadmill"]()
    steps = pd.concat([analysis.steps] * 6, ignore_index=True)
    page = render_report(dataclasses.replace(analysis, steps=steps))
    assert len(page.encode()) < 2_000_000
    assert "Too long to be kept in this page: analysis.json, steps.csv." in Page(page).text


def test_files_are_written_whole(tmp_path):
    analysis = CASES["alternating"]()
    assert write_report(analysis, tmp_path / "new" / "report.html") == tmp_path / "new" / "report.html"
    folder = tmp_path / "new" / "folder"
    assert [path.name for path in write_tables(analysis, folder)] == ["bouts.csv", "steps.csv", "analysis.json"]
    assert sorted(path.name for path in folder.iterdir()) == ["analysis.json", "bouts.csv", "steps.csv"]
    bouts, steps = pd.read_csv(folder / "bouts.csv"), pd.read_csv(folder / "steps.csv")
    assert list(bouts["bout_id"]) == list(analysis.bouts["bout_id"])
    assert set(bouts.columns) - set(analysis.bouts.columns) <= set(BOUT_METRICS)
    mine = analysis.bout_metrics.set_index(["bout_id", "metric"])["value"]
    assert bouts["peak_vert_g"][3] == pytest.approx(mine[3, "peak_vert_g"], abs=1e-6)
    assert set(steps["direction"]) == {"forward", "backward"}
    assert len(steps) == len(analysis.steps)


def test_pdf_is_written_where_weasyprint_is_installed(tmp_path):
    try:
        check_pdf()
    except UsageError as error:
        pytest.skip(str(error))
    data = write_pdf(CASES["one_each"](), tmp_path / "report.pdf").read_bytes()
    assert data.startswith(b"%PDF")
    assert len(data) < 1_000_000


@pytest.mark.parametrize("missing", [ImportError, OSError])
def test_pdf_without_weasyprint_is_refused_with_a_remedy(monkeypatch, missing):
    def refuse(name, *rest):
        if name == "weasyprint":
            raise missing("libpango")
        return plain(name, *rest)

    plain = builtins.__import__
    monkeypatch.setattr(builtins, "__import__", refuse)
    with pytest.raises(UsageError, match=r"Install .*print report\.html from a browser"):
        check_pdf()


def test_pdf_needs_a_folder(tmp_path):
    from typer.testing import CliRunner

    from gait.app.cli import app

    done = CliRunner().invoke(app, ["analyze", str(tmp_path / "run.csv"), "--pdf"])
    assert done.exit_code == 2
    assert done.stderr == "--pdf needs a folder. Add --out DIR.\n"


def test_short_bouts_are_not_said_to_be_unmeasured():
    analysis = CASES["forward_only"]()
    text = Page(render_report(dataclasses.replace(analysis, metrics=analysis.metrics.iloc[:0]))).text
    assert "No bout has the 20 steps that a mean needs" in text
    assert "Nothing could be measured." not in text


def test_a_failing_write_leaves_the_old_file(tmp_path, monkeypatch):
    path = tmp_path / "report.html"
    path.write_text("old")
    monkeypatch.setattr("os.replace", lambda *_: (_ for _ in ()).throw(OSError("full")))
    with pytest.raises(OSError, match="full"):
        write_report(CASES["nothing"](), path)
    assert path.read_text() == "old"
    assert [p.name for p in tmp_path.iterdir()] == ["report.html"]


def test_empty_tables_keep_their_columns(tmp_path):
    write_tables(CASES["nothing"](), tmp_path)
    assert "start_s" in (tmp_path / "bouts.csv").read_text()
    assert "ic_s" in (tmp_path / "steps.csv").read_text()


def test_what_is_missing_is_named_once_with_its_reason():
    text = Page(render_report(CASES["pocket"]())).text
    main = text[text.index("The main numbers") : text.index("This is not a medical device")]
    assert QUANTITIES["peak_res_g"].label in main
    assert QUANTITIES["peak_vert_g"].label not in main
    assert main.count("Not available here:") == 1
    assert main.rstrip().endswith("Not valid at the pocket.")


def test_clipped_peaks_are_said_to_be_cut_off():
    text = Page(render_report(CASES["clipped"]())).text
    assert re.search(r"reached its limit in 6\d % of the steps: true peaks were higher than shown", text)
    assert "than shown" not in Page(render_report(CASES["alternating"]())).text


def test_quality_line_says_what_cannot_be_told():
    assert "Usable, but it cannot tell backward from forward." in Page(render_report(CASES["wrist"]())).text
    assert "There is no running to measure." in Page(render_report(CASES["walking_only"]())).text
    assert "1 part of the analysis was withheld." in Page(render_report(CASES["clipped"]())).text
    assert "Usable, with 1 caution." in Page(render_report(CASES["alternating"]())).text
    assert (
        "The recording itself shows no problem."
        in Page(render_report(dataclasses.replace(CASES["alternating"](), quality=()))).text
    )


SAMPLES = Path(__file__).parents[1] / "sample_recordings"
SAMPLE_COMMANDS = re.findall(r"^gait analyze sample_recordings/(.+)$", (SAMPLES / "README.md").read_text(), re.M)


@pytest.fixture(scope="module", params=SAMPLE_COMMANDS, ids=lambda command: command.split()[0])
def sample_text(request, tmp_path_factory):
    from typer.testing import CliRunner

    from gait.app.cli import app

    name, *options = request.param.split()
    folder = tmp_path_factory.mktemp("sample")
    ran = CliRunner().invoke(app, ["analyze", str(SAMPLES / name), *options, "--out", str(folder)])
    assert ran.exit_code == 0, ran.output
    page = (folder / "report.html").read_text("utf-8")
    assert len(page.encode()) < 2_000_000
    return Page(page).text


def test_reports_of_all_samples_claim_nothing_forbidden(sample_text):
    scan(sample_text)
    assert "Simulated data. A simulator made this recording" in sample_text
    assert not re.search(r"\bnan\b|\bNone\b|\binf\b|Traceback", sample_text, re.I)
