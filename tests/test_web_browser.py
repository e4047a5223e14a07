"""The upload page as people use it: in Chromium, on a laptop and on two phones, with and without JavaScript."""

import re
import signal
from importlib.resources import files
from urllib.parse import urlsplit

import pytest

from tests.shared import require_shared
from tests.web import start

ANDROID = "Mozilla/5.0 (Linux; Android 14; Pixel 7) AppleWebKit/537.36 Chrome/126.0 Mobile"
IPHONE = "Mozilla/5.0 (iPhone; CPU iPhone OS 17_5 like Mac OS X) AppleWebKit/605.1.15 (KHTML, like Gecko) Mobile/15E148"
DEVICES = {
    "laptop": {"viewport": {"width": 1280, "height": 800}},
    "android": {"viewport": {"width": 412, "height": 839}, "device_scale_factor": 2.6, "is_mobile": True,
                "has_touch": True, "user_agent": ANDROID},
    "iphone": {"viewport": {"width": 360, "height": 664}, "device_scale_factor": 3, "is_mobile": True,
               "has_touch": True, "user_agent": IPHONE},
}  # fmt: skip
SAMPLES = {
    "simulated_belt_phone.zip": "lower_back", "simulated_clipped_2g.csv": "waist",
    "simulated_declared_mounting.csv": "lower_back", "simulated_forward_only.csv": "lower_back",
    "simulated_pocket_unknown.zip": "pocket", "simulated_standing.csv": "lower_back",
    "simulated_treadmill_backward.zip": "lower_back", "simulated_watch_wrist.csv": "wrist",
}  # fmt: skip
READ = (
    "actigraph/exampleRAW.csv", "_derived/polar_sensor_logger_acc_from_motionsense_jog.txt",
    "ios_datetime_deviceorientation/walking4.csv", "phyphox/tab_linear/2_3sarok2.csv",
    "sensor_logger/lab3_Walk/Accelerometer.csv", "xsens_dot/Pelvis_20210820_202113_836.csv",
)  # fmt: skip
REFUSED = (
    "actigraph/example1sec.csv", "androsensor/Downstairs1.csv", "matlab_mobile/ExampleData.mat",
    "phyphox/no_accel_gyro_only/data.csv",
)  # fmt: skip
MAX_MB = 5


@pytest.fixture(scope="module")
def address(tmp_path_factory):
    process, port = start(tmp_path_factory.mktemp("browser"), "--max-mb", str(MAX_MB))
    yield f"http://127.0.0.1:{port}"
    process.send_signal(signal.SIGINT)
    assert process.wait(20) == 0
    process.stdout.close()


class Visitor:
    """A person with a browser, who notes what the browser asks for."""

    def __init__(self, browser, address, device, **options):
        self.context = browser.new_context(**DEVICES[device] | {"locale": "en-GB"} | options)
        self.address, self.asked, self.faults = address, [], []
        self.scripts = options.get("java_script_enabled", True)
        self.page = self.context.new_page()
        self.page.on("request", lambda request: self.asked.append(request.url))
        self.page.on("pageerror", lambda error: self.faults.append(str(error)))
        self.page.on("console", self._note)
        self.page.set_default_timeout(20_000)

    def _note(self, message):
        if "Content Security Policy" in message.text or (message.type == "error" and "status of 4" not in message.text):
            self.faults.append(message.text)

    def go(self, path="/"):
        self.page.goto(self.address + path)

    def give(self, *paths):
        self.go()
        self.page.set_input_files("#file", [str(path) for path in paths])
        self.page.click("#upload button")

    def read(self, *paths):
        self.give(*paths)
        self.page.wait_for_selector("#questions")

    def answer(self, placement, forward):
        self.page.check(f"input[name=placement][value={placement}]")
        self.page.check(f"input[name=forward][value='{forward}']")
        self.page.click("#questions button:not(.quiet)")
        self.page.wait_for_selector(".answer")

    def told(self):
        return " ".join(self.page.inner_text("main").split()).replace("\xa0", " ")

    def check(self):
        """What must hold on every page: axe, no sideways scrolling, targets for fingers."""
        page = self.page
        wide, seen = page.evaluate("[document.documentElement.scrollWidth, document.documentElement.clientWidth]")
        assert wide <= seen, page.url
        if not self.scripts:
            return
        page.evaluate("document.querySelectorAll('details').forEach(part => part.open = true)")
        page.evaluate(files("axe_playwright_python").joinpath("axe.min.js").read_text("utf-8") + "; 0")
        found = page.evaluate("axe.run(document, {resultTypes: ['violations']})")
        assert [(v["id"], [n["html"][:120] for n in v["nodes"][:3]]) for v in found["violations"]] == [], page.url
        small = page.evaluate(
            "[...document.querySelectorAll("
            "'button, .button, select, summary, .choice, nav a, .downloads a, input[type=file]'"
            ")].filter(it => it.offsetParent && it.getBoundingClientRect().height < 44)"
            ".map(it => it.outerHTML.slice(0, 90))"
        )
        assert small == [], page.url

    def leave(self):
        self.context.close()
        hosts = {urlsplit(url).netloc for url in self.asked if not url.startswith("data:")}
        assert hosts == {urlsplit(self.address).netloc}, "a request left the host"
        assert self.faults == []


@pytest.fixture
def visit(browser, address):
    visitors = []

    def come(device="laptop", **options):
        visitors.append(Visitor(browser, address, device, **options))
        return visitors[-1]

    yield come
    for visitor in visitors:
        visitor.leave()


@pytest.mark.parametrize(
    ("device", "options"),
    [("laptop", {}), ("laptop", {"java_script_enabled": False, "locale": "de-DE"}),
     ("android", {"locale": "de-DE", "color_scheme": "dark"}), ("iphone", {"java_script_enabled": False}),
     ("iphone", {"color_scheme": "dark"})],
)  # fmt: skip
def test_from_the_form_to_the_report_and_its_end(visit, samples, tmp_path, device, options):
    you = visit(device, **options)
    german = options.get("locale") == "de-DE"
    you.go()
    you.check()
    you.read(samples / "simulated_belt_phone.zip")
    you.check()
    assert "4 min 20 s" in you.told() and "Sensor Logger" in you.told()
    you.answer("lower_back", "first")
    you.check()
    sentence = (
        "Beim Rückwärtslaufen waren Ihre Schritte etwa 11 %"
        if german
        else "Running backward, your steps were about 11 %"
    )
    assert sentence in you.told()
    assert you.page.locator("svg[role=img]").count() >= 3
    for name, start_ in (("steps.csv", "bout_id,"), ("report.html", "<!DOCTYPE"), ("analysis.json", "{")):
        with you.page.expect_download() as waiting:
            you.page.click(f".downloads a[href$='{name}']")
        waiting.value.save_as(tmp_path / name)
        assert (tmp_path / name).read_text("utf-8").startswith(start_)
    result = you.page.url
    you.page.click(".bar form button")
    you.page.wait_for_selector("[role=status]")
    assert ("sind gelöscht" if german else "were deleted") in you.told()
    you.page.go_back()
    you.page.goto(result)
    assert ("gelöscht" if german else "was deleted") in you.told()
    you.check()


def test_the_direction_is_answered_from_the_keyboard_alone(visit, samples):
    you = visit("laptop", locale="de-DE")
    page = you.page
    you.go()
    page.set_input_files(
        "#file", str(samples / "simulated_pocket_unknown.zip")
    )  # the system's own window is not the page's

    def tab_to(selector):
        for _ in range(60):
            page.keyboard.press("Tab")
            if page.evaluate("s => document.activeElement.matches(s)", selector):
                return
        raise AssertionError(f"the keyboard does not reach {selector}")

    tab_to("#upload button")
    page.keyboard.press("Enter")
    page.wait_for_selector("#questions")
    tab_to("input[name=placement]")
    page.keyboard.press("Home")
    while page.evaluate("document.activeElement.value") != "pocket":
        page.keyboard.press("ArrowDown")
    tab_to("#questions button")
    page.keyboard.press("Enter")
    page.wait_for_selector("#which")
    assert "Welche war rückwärts?" in you.told()
    you.check()
    tab_to("#which button[value=B]")
    page.keyboard.press("Enter")
    page.wait_for_selector("text=Beim Rückwärtslaufen waren Ihre Schritte")
    you.check()
    tab_to("select[name^='bout:']")
    for _ in range(7):
        page.keyboard.press("ArrowDown")
        page.keyboard.press("Tab")
    page.keyboard.press("Enter")
    page.wait_for_selector("select option:checked[value=forward] >> nth=6", state="attached")


def links(you):
    """The pages of files that were given together, by name, once all are read."""
    you.page.wait_for_selector("#several:not([hx-trigger])")
    return {link.inner_text(): link.get_attribute("href") for link in you.page.locator(".files a").all()}


def test_every_sample_is_read_and_reported(visit, samples):
    assert {path.name for path in samples.glob("simulated_*")} == set(SAMPLES)
    you = visit("android", java_script_enabled=False)
    you.give(*(samples / name for name in SAMPLES))
    pages = links(you)
    assert set(pages) == set(SAMPLES)
    for name, page in pages.items():
        you.go(page)
        assert "Simulated data." in you.told()
        you.page.check(f"input[name=placement][value={SAMPLES[name]}]")
        you.page.click("#questions button:not(.quiet)")
    for page in pages.values():
        you.go(page)
        you.page.wait_for_selector(".answer")
        assert "Simulated data." in you.told()
        you.check()


def test_real_exports_are_read_or_refused_with_a_remedy(visit):
    you = visit("laptop")
    paths = {name.rsplit("/", 1)[1]: require_shared("formats", name) for name in (*READ, *REFUSED)}
    you.give(*paths.values())
    pages = links(you)
    for name in READ:
        you.go(pages[name.rsplit("/", 1)[1]])
        assert "Readings per second" in you.told(), name
        you.page.click("#questions button:not(.quiet)")
    for name in REFUSED:
        you.go(pages[name.rsplit("/", 1)[1]])
        assert you.page.inner_text("h1") and you.page.inner_text(".lead"), name
        assert "Give another file" in you.told()
        you.check()
    for name in READ:
        you.go(pages[name.rsplit("/", 1)[1]])
        you.page.wait_for_selector(".answer")


def test_several_files_and_a_refusal(visit, samples, tmp_path):
    wrong = tmp_path / "<b>notes.txt"
    wrong.write_text("nothing here\n")
    for scripts in (True, False):
        you = visit("iphone", java_script_enabled=scripts)
        you.give(samples / "simulated_watch_wrist.csv", wrong)
        you.page.wait_for_selector("text=answer two questions")
        you.page.wait_for_selector("text=Not usable")
        you.check()
        you.page.click("text=<b>notes.txt")
        you.page.wait_for_selector("text=Give another file")
        you.check()


def test_a_file_that_is_too_large_is_told(visit, tmp_path):
    big = tmp_path / "big.csv"
    big.write_bytes(b"1" * (MAX_MB * 1_000_000 + 2_000_000))
    with_scripts, without = visit("laptop"), visit("laptop", java_script_enabled=False)
    with_scripts.give(big)
    with_scripts.page.wait_for_selector("text=more than the limit of 5 MB")
    with_scripts.check()
    without.give(big)
    without.page.wait_for_selector("text=larger than 5 MB")
    without.check()


def test_the_guide_counts_calls_out_and_prints(visit):
    you = visit("android")
    you.page.add_init_script(
        "window.calls = []; window.speechSynthesis.speak = (it) => calls.push(it.text);"
        "window.speechSynthesis.cancel = () => 0;"
        "Object.defineProperty(navigator, 'vibrate', {value: (it) => calls.push('vibrate')});"
    )
    you.page.clock.install()
    you.go("/guide")
    you.check()
    you.page.click("#go")
    assert you.page.inner_text("#now") == "Stand still"
    you.page.clock.run_for(5500)
    assert you.page.inner_text("#now") == "Run forward"
    assert re.fullmatch(r"2\d s", you.page.inner_text("#count"))
    assert you.page.evaluate("calls") == ["vibrate", "Stand still", "vibrate", "Run forward"]
    you.check()
    you.page.clock.run_for(300_000)
    assert you.page.inner_text("#now") == "Finished. Stop the recording"
    assert you.page.is_enabled("#go")
    you.page.click("#go")
    you.page.click("#stop")
    assert you.page.inner_text("#go") == "Start again"
    pages = len(re.findall(rb"/Type\s*/Page\b", you.page.pdf()))
    assert pages <= 2
    without = visit("android", java_script_enabled=False)
    without.go("/guide")
    assert without.page.locator(".steps li").count() == 15
    assert not without.page.is_visible("#timer")
