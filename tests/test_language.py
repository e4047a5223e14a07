"""Two languages: every sentence has a German form with the same values, and a German report is German throughout."""

import ast
import csv
import gettext as catalogues
import io
import json
import re
from pathlib import Path
from string import Formatter

import pytest

import gait
from gait.errors import UsageError
from gait.language import current_language, gettext, in_language, ngettext, spell
from gait.nomenclature import QUANTITIES, in_figures, in_words
from gait.report import render_report
from tests import catalogue
from tests.io_files import named
from tests.shared import require_shared
from tests.test_report import Page

GERMAN = catalogue.read_catalogue("de")
MESSAGES = catalogue.messages()
ALLOWED = (
    "Laborstudien bei gleichem Tempo fanden, dass Rückwärtslaufen etwa 30–35 % mehr Energie kostet als "
    "Vorwärtslaufen (n = 4 und n = 8). Das behauptete 3- bis 5-Fache ist nicht belegt.",
    "Die Belastung des Knies (patellofemoral) war in einer Studie bei gleichem Tempo mit 20 Personen um 24 % "
    "geringer, nicht bei allen, und in einer anderen bei 1 m/s nicht anders.",
    "„Drei- bis fünfmal so viele Kalorien“", "„Schont die Knie“",
    "„Eine Runde rückwärts ist so viel wert wie sechs vorwärts“ Es wurde keine Studie gefunden, die das gemessen hat.",
    "er misst weder Energie noch die Belastung eines Gelenks", "Keine Kraft, kein Verletzungsrisiko.",
    "dies ist nicht die Belastungsrate einer Kraftmessplatte", "nicht eines Schadens",
    "Dies ist kein Medizinprodukt und stellt keine Diagnose. Fragen Sie bei Schmerzen oder Verletzungen ärztlich oder "
    "physiotherapeutisch um Rat.",
)  # fmt: skip
"""What a German report may say although it sounds like a forbidden claim: each denies it or quotes a study."""
FORBIDDEN_CLAIMS = {
    "safety or impact": r"sicherer|ungefährlich|schonend|\bschont|sanft|vorbeug|schütz",
    "injury": r"verletz|schaden|\bheilt|reha",
    "energy": r"kalori|\bkcal\b|energie|sauerstoff|vo₂|vo2|3-? bis 5-?fach|fünfmal|wert wie sechs",
    "force plate": r"belastungsrate|bodenreaktionskraft|aufprallkraft",
    "joints": r"\bknie|patello|(?<!hand)gelenk",
    "bones and health": r"knochen|osteo|gesund",
    "norms": r"\bnorm(en|wert|al)|zu hoch\b|zu niedrig\b|ideal|optimal",
    "accuracy backward": r"\d+(,\d+)? ?% (genau|richtig|korrekt|zuverlässig)",
    "sides": r"asymmetr|linke[rsn]? (fuß|bein)|rechte[rsn]? (fuß|bein)",
    "events of forward walking": r"ferse|zehe",
    "significance": r"signifikan|p ?[<=] ?0",
    "no difference": r"kein unterschied(?!, der größer ist)|identisch|unverändert",
    "cause": r"weil sie rückwärts|durch das rückwärtslaufen|verursacht",
    "diagnosis": r"diagnos|krankhaft|patholog|behandlung|therapie",
}
ENGLISH = re.compile(r"\b(the|and|with|from|is|are|of|steps?|bouts?|backward|forward|running|walking|not)\b")
TOLD = ("told", "season", "heading", "batch")
CODE = re.compile(r"--\w[\w-]*( first-run| B)?|„(forward|backward|unknown)“|\((bout_id|[a-z0-9]+(_[a-z0-9]+)+)\)")


def german_of(message):
    found = GERMAN.get(message if isinstance(message, str) else message[0])
    assert found is not None, f"run: python -m tests.catalogue ({message!r} is new)"
    return [found.string] if isinstance(found.string, str) else list(found.string)


def without(text, sentences):
    for sentence in sentences:
        text = text.replace(sentence, "")
    return text


def placeholders(text):
    return {(name, spec) for _, name, spec, _ in Formatter().parse(text) if name}


def test_every_message_has_a_german_form_with_the_same_values():
    for message in MESSAGES:
        forms = [message] if isinstance(message, str) else list(message)
        german = german_of(message)
        assert len(german) == len(forms), message
        named = {name for form in forms for name, _ in placeholders(form)}
        for english, text in zip(forms, german, strict=True):
            assert text, f"{english!r} has no German form"
            assert {name for name, _ in placeholders(text)} <= named, english
            assert placeholders(text) >= placeholders(english) - {("n", "")}, english
            ends = (english[0] == " ", english[-1] in ".:", english[-1] == " ")
            assert (text[0] == " ", text[-1] in ".:", text[-1] == " ") == ends, (english, text)
            assert not re.search(r"\d\.\d", text), text


def test_no_german_message_claims_what_is_forbidden():
    allowed = " ".join(ALLOWED)
    for message in MESSAGES:
        for text in german_of(message):
            for name, pattern in FORBIDDEN_CLAIMS.items():
                assert text in allowed or not re.search(pattern, without(text, ALLOWED), re.I), (name, text)


def test_the_catalogue_holds_nothing_else_and_is_compiled():
    kept = {message.id if isinstance(message.id, str) else tuple(message.id) for message in GERMAN if message.id}
    assert kept == set(MESSAGES)
    shipped = catalogue.po_path("de").with_suffix(".mo").read_bytes()

    def words(data):
        table = dict(catalogues.GNUTranslations(io.BytesIO(data))._catalog)
        return {key: text for key, text in table.items() if key}

    assert words(shipped) == words(catalogue.compiled(GERMAN)), "run: python -m tests.catalogue"


def test_every_remark_and_assumption_is_a_marked_message(root: Path) -> None:
    """No text of a flag is a bare literal: literals stand in ``_`` or ``ngettext``."""
    for path in sorted((root / "gait").rglob("*.py")):
        if "simulate" in path.parts:
            continue
        for node in ast.walk(ast.parse(path.read_text())):
            name = getattr(getattr(node, "func", None), "id", getattr(getattr(node, "func", None), "attr", ""))
            if isinstance(node, ast.Call) and name in ("Flag", "Verdict"):
                words = node.args[2:] if name == "Flag" else node.args[3:]
                for word in words:
                    bare = isinstance(word, ast.JoinedStr) or (isinstance(word, ast.Constant) and word.value)
                    assert not bare, f"{path.name}:{word.lineno}"


def test_every_refusal_of_a_file_is_a_marked_message(root: Path) -> None:
    """No problem and no remedy in the rooms that read what users give is a bare literal."""
    seen = 0
    for path in [*sorted((root / "gait" / "io").rglob("*.py")), *(root / "gait" / f"{n}.py" for n in TOLD)]:
        for node in ast.walk(ast.parse(path.read_text())):
            if isinstance(node, ast.Call) and getattr(node.func, "id", "").endswith("Error"):
                seen += 1
                for word in node.args:
                    assert not isinstance(word, ast.JoinedStr | ast.Constant), f"{path.name}:{word.lineno}"
    assert seen > 70


@pytest.mark.parametrize(
    ("content", "problem", "remedy"),
    [
        pytest.param(b"", "die Datei ist leer", "Exportieren Sie", id="empty"),
        pytest.param(b"PK\x03\x04 cut", "die Zip-Datei ist beschädigt", "Exportieren oder laden", id="cut zip"),
        pytest.param(b"<html><p>Sign in</p></html>", "das ist eine Webseite", "Laden Sie die Datei", id="web page"),
        pytest.param(b"gyr_x,gyr_y,gyr_z\n" + b"1,2,3\n" * 99, "enthält Drehgeschwindigkeit (Gyroskop), keine",
                     "Geben Sie die Datei mit dem Beschleunigungssensor", id="gyroscope"),
        pytest.param(b"time_s,ax_g,ay_g\n" + b"1,2,3\n" * 99, "die Achse z der Beschleunigung fehlt",
                     "Exportieren Sie alle drei Achsen", id="two axes"),
    ],
)  # fmt: skip
def test_a_refused_file_is_refused_in_german(content, problem, remedy):
    with in_language("de"), pytest.raises(gait.GaitError) as refused:
        gait.read_recording(named(content, "lauf.csv"))
    assert problem in refused.value.problem and refused.value.remedy.startswith(remedy)
    with pytest.raises(gait.GaitError) as english:
        gait.read_recording(named(content, "lauf.csv"))
    assert type(english.value) is type(refused.value) and str(english.value) != str(refused.value)


def test_every_refusal_of_a_real_file_is_german() -> None:
    refused = 0
    for row in csv.DictReader(require_shared("formats", "manifest.csv").read_text(encoding="utf-8").splitlines()):
        try:
            with in_language("de"):
                gait.read_recording(require_shared("formats", row["path"]))
        except gait.GaitError as error:
            refused += 1
            words = re.sub(r"\([^()]*\)|'[^']*'|--[\w-]+", "", f"{error.problem} {error.remedy}")
            assert not ENGLISH.search(words), words
    assert refused > 20


def test_values_are_written_as_the_language_writes_them():
    assert gettext("about {change:.0f} %", change=12.4) == "about 12 %"
    assert spell(1.5, ".2f") == "1.50"
    with in_language("de"):
        assert current_language() == "de"
        assert gettext("about {change:.0f} %", change=12.4) == "etwa 12 %"
        assert spell(1.5, ".2f") == "1,50"
        assert gettext("{name}: {x:.1f}", name="a.b", x=2.5) == "a.b: 2,5"
        assert ngettext("{n} bout", "{n} bouts", 1) == "1 Abschnitt"
        assert ngettext("{n} bout", "{n} bouts", 3) == "3 Abschnitte"
        with in_language("en"):
            assert ngettext("{n} bout", "{n} bouts", 0) == "0 bouts"
    assert current_language() == "en"
    assert gettext("") == ""


def test_values_that_look_like_placeholders_stay_as_they_are():
    assert gettext("Report: {path}", path="{secret}.html") == "Report: {secret}.html"


def test_an_unknown_language_is_refused():
    with pytest.raises(UsageError, match="no language 'fr'"), in_language("fr"):
        pass


def test_an_exception_does_not_leave_the_language_behind():
    with pytest.raises(ZeroDivisionError), in_language("de"):
        raise ZeroDivisionError
    assert current_language() == "en"


def test_quantities_are_printed_in_words():
    assert in_words("flight_share").unit == "%"
    assert in_figures("flight_share", 0.1234) == "12.3"
    assert in_figures("impulse_gs", 0.14789) == "0.148"
    assert in_words("mdc_ratio").label == "Smallest change beyond noise"
    with in_language("de"):
        assert in_words("cadence_spm").label == "Schrittfrequenz"
        assert in_words("cadence_spm").unit == "Schritte/min"
        assert in_figures("cadence_spm", 163.64) == "163,6"
    assert QUANTITIES["cadence_spm"].unit == "steps/min"


@pytest.fixture(scope="module")
def belt(samples):
    return samples / "simulated_belt_phone.zip"


@pytest.fixture(scope="module", params=["belt_phone.zip", "pocket_unknown.zip", "clipped_2g.csv", "watch_wrist.csv"])
def german(request, samples):
    place = {"belt": "lower_back", "pocket": "pocket", "clipped": "waist", "watch": "wrist"}
    placement = place[request.param.split("_")[0]]
    calibrate = "first-run" if placement in ("lower_back", "waist") else None
    with in_language("de"):
        recording = gait.read_recording(samples / f"simulated_{request.param}", placement=placement)
        return gait.analyze(recording, calibrate=calibrate)


def test_a_german_report_is_german_throughout(german):
    assert german.language == "de"
    page = render_report(german)  # outside of any language: the analysis knows its own
    seen = Page(page)
    assert seen.all("html")[0]["lang"] == "de"
    settings = page[page.index("<details>") : page.index("</details>")]
    shown = Page(page.replace(settings, "<details>"))
    drawn = re.findall(r"<text[^>]*>([^<]*)</text>", page)
    labels = [attrs.get("aria-label", "") for _, attrs in seen.tags]
    text = CODE.sub("", " ".join([shown.text, *drawn, *labels])).replace(german.recording.format, "")
    text = re.sub(r"\S+\.(csv|json|html|zip)\b", "", text)
    english = [f"{text[max(m.start() - 40, 0) : m.end() + 40]}" for m in ENGLISH.finditer(text)]
    assert not english, english[:5]
    assert not re.search(r"\d\.\d", text.replace(f"retrogait {german.version}", "")), "a decimal point"
    text = without(text, ALLOWED)
    for name, pattern in FORBIDDEN_CLAIMS.items():
        assert not (found := re.search(rf".{{0,60}}({pattern}).{{0,60}}", text, re.I)), f"{name}: {found and found[0]}"


def test_tables_stay_as_programs_read_them(german, tmp_path):
    from gait.report import write_tables

    write_tables(german, tmp_path)
    bouts = (tmp_path / "bouts.csv").read_text().splitlines()
    assert bouts[0].startswith("bout_id,start_s,end_s,gait,direction")
    assert set(german.bouts["direction"]) <= {"forward", "backward", "unknown"}
    answer = json.loads((tmp_path / "analysis.json").read_text())
    assert answer["summary"]["speed_note"] in ("speed not controlled", "speed-matched", "adjusted for speed")
    assert {row["unit"] for row in answer["metrics"]} <= {q.unit for q in QUANTITIES.values()}


def test_numbers_are_the_same_in_both_languages(belt):
    def run(code):
        with in_language(code):
            return gait.analyze(gait.read_recording(belt, placement="lower_back"), calibrate="first-run")

    english, german = run("en"), run("de")
    words = ["direction_reason"]
    assert english.bouts.drop(columns=words).equals(german.bouts.drop(columns=words))
    assert english.comparison.table.drop(columns="verdict").equals(german.comparison.table.drop(columns="verdict"))
    assert [f.code for f in english.quality] == [f.code for f in german.quality]


@pytest.mark.parametrize(
    "claim",
    [
        "Rückwärtslaufen schont die Knie.", "Sie haben drei- bis fünfmal so viele Kalorien verbrannt.",
        "Der Unterschied ist signifikant (p < 0,05).", "Der Fersenaufprall war weicher.",
        "Ihr Verletzungsrisiko ist gering.", "Die Belastungsrate sank um 10 %.", "Kein Unterschied.",
    ],
)  # fmt: skip
def test_the_scan_finds_forbidden_german_claims(claim):
    assert any(re.search(pattern, claim, re.I) for pattern in FORBIDDEN_CLAIMS.values())


def test_the_command_speaks_german(run_gait, belt, tmp_path) -> None:
    done = run_gait("analyze", belt, "--placement", "lower_back", "--calibrate", "first-run", "--language", "de",
                    "--out", tmp_path)  # fmt: skip
    assert done.exit_code == 0
    words = " ".join(done.stdout.split())
    assert "Beim Rückwärtslaufen waren Ihre Schritte etwa 11 % schneller" in words
    assert "Simulierte Daten." in words
    assert not ENGLISH.search(words.replace(str(tmp_path), "")), ENGLISH.search(words)
    page = (tmp_path / "report.html").read_text("utf-8")
    assert '<html lang="de">' in page
    answer = re.search(r'class="answer">([^<]*)<', page)
    assert answer
    assert "Simulierte Daten" not in answer[1]


def test_the_command_refuses_other_languages(run_gait, belt) -> None:
    done = run_gait("analyze", belt, "--language", "fr")
    assert done.exit_code == 2
    assert "there is no language 'fr'. Give en or de." in done.stderr
