"""The upload page from form to report, and the same as JSON, with real workers."""

import io
import json
import os
import re
import signal
import time
import zipfile

import jsonschema
import pytest

import gait
from tests.web import answer, client_of, left, read, send, settle, words

BELT, POCKET, WATCH = "simulated_belt_phone.zip", "simulated_pocket_unknown.zip", "simulated_watch_wrist.csv"


@pytest.fixture(scope="module")
def folder(tmp_path_factory):
    return tmp_path_factory.mktemp("uploads")


@pytest.fixture(scope="module")
def client(folder):
    with client_of(folder) as made:
        yield made
    assert list(folder.iterdir()) == [], "the server left something behind"


def test_the_form_needs_no_script_and_no_suffix(client):
    page = client.get("/")
    assert page.status_code == 200
    field = re.search(r'<input type="file"[^>]*>', page.text)
    assert field
    assert "accept" not in field[0] and "multiple" in field[0]
    assert 'method="post"' in page.text and 'enctype="multipart/form-data"' in page.text
    assert "Your recording stays on this computer." in page.text


def test_from_file_to_report(client, samples):
    address, page = read(client, samples / BELT)
    for said in ("Sensor Logger", "4 min 20 s", "Readings per second", "Gaps none", "Simulated data."):
        assert said in words(page)
    for choice in ("lower_back", "bag", "unknown", "first", "+z", "-y"):
        assert f'value="{choice}"' in page.text
    report = answer(client, address, placement="lower_back", forward="first")
    assert "Running backward, your steps were about 11 % quicker" in words(report).replace("\xa0", " ")
    assert "--" not in re.sub(r"<(style|svg|details).*?</\1>", "", words(report))
    again = client.get(address + "/questions").text
    assert re.search(r'value="lower_back" checked', again) and re.search(r'value="first" checked', again)


def test_the_downloads_are_those_of_the_command(client, samples, run_gait, tmp_path):
    address, _ = read(client, samples / BELT)
    answer(client, address, placement="lower_back", forward="first")
    run_gait("analyze", samples / BELT, "--placement", "lower_back", "--calibrate", "first-run", "--out", tmp_path)
    for name in ("steps.csv", "bouts.csv"):
        got = client.get(f"{address}/{name}")
        assert got.headers["content-disposition"].startswith("attachment")
        assert got.text == (tmp_path / name).read_text()
    assert client.get(f"{address}/analysis.json").json() == json.loads((tmp_path / "analysis.json").read_text())
    report = client.get(f"{address}/report.html")
    assert "sandbox" in report.headers["content-security-policy"]
    assert "<script" not in report.text and "</html>" in report.text
    for name in ("upload", "body.html", "..%2flock", "lock"):
        assert client.get(f"{address}/{name}").status_code == 404


def test_one_answer_resolves_an_unknown_direction(client, samples):
    address, _ = read(client, samples / POCKET)
    asked = answer(client, address, placement="pocket", forward="unknown")
    assert "Two groups of bouts went opposite ways. Which one was backward?" in words(asked)
    assert 'aria-label="' in asked.text and 'value="A"' in asked.text and "--backward-group" not in words(asked)
    neither = answer(client, address, backward_group="neither")
    assert "nothing in the recording says which is forward" in words(neither)
    told = answer(client, address, backward_group="B")
    assert re.search(r"Running backward, your steps were about \d+ % quicker", words(told).replace("\xa0", " "))
    turned = answer(client, address, backward_group="A")
    assert re.search(r"Running backward, your steps were about \d+ % slower", words(turned).replace("\xa0", " "))


def test_bouts_can_be_labelled(client, samples):
    address, _ = read(client, samples / POCKET)
    page = answer(client, address, placement="pocket", forward="unknown")
    names = re.findall(r'<select name="(bout:[^"]+)"', page.text)
    assert len(names) == 7
    labels = {name: ("forward", "backward")[k % 2] for k, name in enumerate(names)}
    told = answer(client, address, **labels)
    assert "Running backward" in words(told)
    assert re.findall(r'<option value="(\w+)" selected', told.text) == list(labels.values())
    bouts = client.get(f"{address}/analysis.json").json()["bouts"]
    assert {bout["direction_method"] for bout in bouts} == {"label"}
    after = answer(client, address, **dict.fromkeys(names, ""))
    assert "Running backward" not in words(after)


def test_several_files_are_listed(client, samples, tmp_path):
    wrong = tmp_path / "notes.txt"
    wrong.write_text("nothing here\n")
    address, page = read(client, samples / BELT, wrong, samples / WATCH)
    assert address.startswith("/several/")
    links = re.findall(r'href="(/r/[^"]+)"', page.text)
    assert len(links) == 3
    assert "Not usable:" in words(page) and "SIMULATED" in words(page)
    assert [client.get(link).status_code for link in links] == [200, 422, 200]
    for link in links:
        client.post(link + "/delete")
    assert client.get(address).status_code == 404


def test_a_refusal_is_a_page_with_the_remedy(client, tmp_path):
    path = tmp_path / "three.csv"
    rows = "\n".join(f"{k % 7},{k % 5},9.8" for k in range(800))
    path.write_text("ax (m/s^2),ay (m/s^2),az (m/s^2)\n" + rows)
    address, page = read(client, path)
    assert page.status_code == 422
    assert "“Readings per second”" in words(page) and "--rate" not in page.text
    done = client.post(address + "/reading", data={"rate": "100"}, follow_redirects=False)
    assert done.status_code == 303
    assert settle(client, address).status_code == 200
    assert client.post(address + "/reading", data={"rate": "quick"}).status_code == 422


@pytest.mark.parametrize("sent", [[], [("file", ("", b""))], [("file", ("empty.csv", b""))], [("file", (None, "x"))]])
def test_nothing_sent_is_told(client, sent):
    answered = client.post("/", files=sent) if sent else client.post("/", data={"a": "b"})
    assert answered.status_code == 422
    assert "Back to the form" in answered.text


def test_answers_that_are_no_choices_are_refused(client, samples):
    address, _ = read(client, samples / WATCH)
    for wrong in ({"placement": "nose"}, {"forward": "+q"}, {"backward_group": "C"}, {"bout:1/x": "forward"},
                  {"bout:1/nan": "forward"}, {"bout:1/2": "up"}):  # fmt: skip
        assert client.post(address, data=wrong).status_code == 422
    assert answer(client, address, placement="wrist", forward="unknown").status_code == 200
    address, _ = read(client, samples / "simulated_forward_only.csv")
    contradiction = answer(client, address, placement="lower_back", backward_group="B")
    assert contradiction.status_code == 422
    assert "There are no two opposite groups" in words(contradiction) and "Change your answers" in contradiction.text
    assert answer(client, address, placement="lower_back", forward="first").status_code == 200


def test_deleting_removes_everything_and_the_back_button_says_so(client, samples, folder):
    address, _ = read(client, samples / WATCH)
    before = len(left(folder))
    done = client.post(address + "/delete")
    assert "were deleted" in words(done)
    assert len(left(folder)) == before - 1
    for gone in (address, address + "/questions", address + "/steps.csv", "/r/x", "/several/x"):
        page = client.get(gone)
        assert page.status_code == 404 and "was deleted" in words(page)
    assert client.get(address + "/progress").headers["hx-refresh"] == "true", "a page that still asks is to look again"
    assert client.post(address, data={"placement": "wrist"}).status_code == 404
    assert client.post(address + "/delete").status_code == 404


def test_a_form_sent_twice_is_done_once(client, samples):
    address, _ = read(client, samples / BELT)
    for _ in range(2):
        assert client.post(address, data={"placement": "lower_back"}, follow_redirects=False).status_code == 303
    first = client.post(address, data={"placement": "hip", "forward": "first"}, follow_redirects=False)
    assert first.status_code == 303
    assert "hip" in words(settle(client, address))


def test_german_throughout(client, samples):
    german = {"accept-language": "de-AT,de;q=0.9,en;q=0.5"}
    for path in ("/", "/guide", "/r/x"):
        page = client.get(path, headers=german)
        assert '<html lang="de">' in page.text
        assert not re.search(r"\b(the|and|your|is|of)\b", re.sub(r'lang="en".*?</a>', "", words(page))), words(page)
    address, page = read(client, samples / BELT, headers=german)
    report = settle(client, address + "?lang=de")
    client.cookies.clear()
    assert "Wo wurde" in words(report)
    client.post(address, data={"placement": "lower_back", "forward": "first"})
    page = settle(client, address + "?lang=de")
    client.cookies.clear()
    assert "Beim Rückwärtslaufen waren Ihre Schritte etwa 11 % schneller" in words(page).replace("\xa0", " ")
    english = settle(client, address)
    assert "Running backward, your steps" in words(english)


def test_the_language_that_was_chosen_stays(client):
    assert '<html lang="de">' in client.get("/?lang=de").text
    assert '<html lang="de">' in client.get("/guide").text
    assert '<html lang="en">' in client.get("/guide?lang=en").text
    assert '<html lang="en">' in client.get("/?lang=xx").text
    client.cookies.clear()


def test_the_guide_lists_every_step(client):
    page = client.get("/guide")
    assert len(re.findall(r"<li data-seconds=", page.text)) == 15
    assert "Run backward. Mind what is behind you" in page.text
    assert "hidden" in re.search(r'<section[^>]*id="timer"[^>]*>', page.text)[0]


def test_json_from_file_to_result(client, samples, root):
    path = samples / BELT
    sent = client.post(
        "/api/analyses", files={"file": (path.name, path.read_bytes())},
        data={"placement": "lower_back", "calibrate": "first-run"},
    )  # fmt: skip
    assert sent.status_code == 202
    address = f"/api/analyses/{sent.json()['id']}"
    while (status := client.get(address).json())["status"] in ("waiting", "analysing"):
        assert client.get(status["result"]).status_code in (409, 200)
        time.sleep(0.05)
    result = client.get(status["result"]).json()
    jsonschema.validate(result, json.loads((root / "gait" / "contract.schema.json").read_text()))
    recording = gait.read_recording(path, placement="lower_back")
    assert result == json.loads(json.dumps(gait.analyze(recording, calibrate="first-run").to_dict()))
    assert client.delete(address).status_code == 204
    gone = client.get(address)
    assert gone.status_code == 404 and set(gone.json()) == {"problem", "remedy"}


def test_json_refusals_have_problem_and_remedy(client, samples):
    data = (samples / WATCH).read_bytes()
    for fields in ({"placement": "nose"}, {"calibrate": "x"}, {"labels": "{"}, {"labels": '[{"start_s": 1}]'},
                   {"language": "fr"}, {"colour": "red"}, {"rate": "a"}, {"backward_group": "C"}):  # fmt: skip
        refused = client.post("/api/analyses", files={"file": ("a.csv", data)}, data=fields)
        assert refused.status_code == 422, fields
        assert refused.json()["problem"], fields
    wrong = client.post("/api/analyses", files={"file": ("a.txt", b"no table\n")}).json()
    while client.get(f"/api/analyses/{wrong['id']}").json()["status"] != "refused":
        time.sleep(0.02)
    refused = client.get(wrong["result"])
    assert refused.status_code == 422 and refused.json()["problem"] and refused.json()["remedy"]
    assert client.post("/api/analyses").status_code == 422
    assert client.get("/api/nothing").json()["problem"]


def test_the_interface_is_described(client):
    described = client.get("/api/openapi.json").json()
    assert set(described["paths"]) == {"/api/analyses", "/api/analyses/{id}", "/api/analyses/{id}/result"}
    fields = described["paths"]["/api/analyses"]["post"]["requestBody"]["content"]["multipart/form-data"]["schema"]
    assert {"file", "placement", "calibrate", "labels"} <= set(fields["properties"])
    assert client.get("/docs").status_code == 404


def test_a_worker_killed_by_the_system_is_one_persons_clear_page(client, samples):
    pool = client.app._app.state.pool
    long, _ = read(client, samples / BELT)
    client.post(long, data={"placement": "lower_back", "forward": "first"}, follow_redirects=False)
    other = send(client, samples / WATCH).headers["location"]
    end = time.monotonic() + 20
    while "Analysing" not in client.get(long).text:
        assert time.monotonic() < end
    for worker in pool.worker_ids():
        os.kill(worker, signal.SIGKILL)
    page = settle(client, long)
    assert page.status_code == 500
    assert "ended by the system" in words(page) and "Change your answers" in words(page)
    assert settle(client, other).status_code == 200
    assert answer(client, long, placement="lower_back", forward="first").status_code == 200


def test_cancelling_frees_the_worker(client, samples):
    address, _ = read(client, samples / BELT)
    client.post(address, data={"placement": "lower_back"}, follow_redirects=False)
    assert client.post(address + "/delete", follow_redirects=False).status_code == 303
    _, page = read(client, samples / WATCH)
    assert page.status_code == 200
    assert client.get(address).status_code == 404


def bomb():
    buffer = io.BytesIO()
    with zipfile.ZipFile(buffer, "w", zipfile.ZIP_DEFLATED) as archive:
        for k in range(3):
            archive.writestr(f"Accelerometer{k}.csv", b"0" * 100_000_000)
    return buffer.getvalue()


def test_a_zip_bomb_is_refused(client, tmp_path):
    path = tmp_path / "bomb.zip"
    path.write_bytes(bomb())
    _, page = read(client, path)
    assert page.status_code == 422


@pytest.mark.parametrize(
    "name",
    ['<img src=x onerror=alert(1)>.csv', '"><script>alert(1)</script>.csv', "../../../etc/passwd", "..\\..\\x.csv",
     "/etc/passwd", "a\x00b.csv", "x" * 1000 + ".csv", "{{7*7}}.csv", "...", "nul"],
)  # fmt: skip
def test_names_are_shown_and_never_used(client, samples, folder, name):
    before = {path.name for path in folder.glob("*/*")}
    sent = client.post("/", files={"file": (name, (samples / WATCH).read_bytes())}, follow_redirects=False)
    assert sent.status_code == 303
    address = sent.headers["location"]
    page = settle(client, address)
    assert page.status_code == 200
    texts = [page.text]
    if "<" in name or "/" in name:
        texts.append(answer(client, address, placement="wrist", forward="unknown").text)
        texts.append(client.get(address + "/report.html").text)
        header = client.get(address + "/steps.csv").headers["content-disposition"]
        assert "/" not in header.replace("UTF-8''", "").replace("utf-8''", "")
    assert not any("<img" in text or "<script>alert" in text for text in texts)
    for path in folder.glob("*/*/*"):
        assert path.name in ("upload", "report.html", "body.html", "bouts.csv", "steps.csv", "analysis.json")
    assert all(re.fullmatch(r"lock|[0-9a-f]{32}", path.name) for path in folder.glob("*/*"))
    assert len({path.name for path in folder.glob("*/*")} - before) == 1
    client.post(address + "/delete")


def test_a_result_is_kept_when_somebody_wants_it(samples, tmp_path):
    from gait.store import open_store, read_recordings

    store = open_store(tmp_path / "season")
    with client_of(tmp_path, keep=str(tmp_path / "season")) as client:
        address, _ = read(client, samples / BELT)
        page = answer(client, address, placement="lower_back", forward="unknown")
        assert not len(read_recordings(store)), "nobody asked for it"
        for wrong in ("", "../x", "<b>", "a" * 61):
            assert client.post(address + "/keep", data={"athlete": wrong}).status_code == 422
        client.post(address + "/keep", data={"athlete": " runner 7 "})
        page = settle(client, address)
        assert "kept as “runner 7”" in words(page)
        answer(client, address, placement="lower_back", forward="first")
        kept = read_recordings(store)
        assert list(kept["athlete"]) == ["runner 7"], "new answers replace the old result"
        client.post(address + "/delete")
        assert len(read_recordings(store)) == 1


def test_nothing_is_kept_where_the_server_keeps_nothing(client, samples):
    address, _ = read(client, samples / WATCH)
    page = answer(client, address, placement="wrist", forward="unknown")
    assert "Keep" not in words(page)
    assert client.post(address + "/keep", data={"athlete": "x"}).status_code == 404


def test_cells_of_a_file_are_shown_as_text(client, tmp_path):
    evil = "<script>alert(1)</script>"
    rows = "\n".join(f"{k / 50},{k % 7},{k % 5},9.8" for k in range(800))
    for header in (f"time,{evil}x,{evil}y,{evil}z", f"{evil},gyro x,gyro y,gyro z", f"time {evil},ax,ay,az"):
        path = tmp_path / "cells.csv"
        path.write_text(header + "\n" + rows)
        address, page = read(client, path)
        texts = [page.text]
        if page.status_code == 200:
            texts.append(answer(client, address, placement="lower_back", forward="first").text)
        assert not any("<script>alert" in text for text in texts)
