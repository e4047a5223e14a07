"""What the upload page lets in, what it lets out, and what it leaves behind."""

import asyncio
import fcntl
import signal
import socket
import subprocess
import sys
import time
from concurrent.futures import ThreadPoolExecutor

import pytest
from starlette.responses import PlainTextResponse

from gait.app.web.guard import Guard, Keys
from gait.app.web.uploads import PREFIX, remove_abandoned
from tests.web import ADDRESS, client_of, left, settle, start, words
from tests.web_work import ready

WATCH = "simulated_watch_wrist.csv"
CSV = b"time,ax,ay,az\n0,1,2,3\n"


def hold(_order):
    """Work that takes long."""
    time.sleep(30)


def in_own_loop(work):
    """Run a coroutine in a thread of its own: the browser of other tests keeps a loop in this one."""
    with ThreadPoolExecutor(1) as thread:
        return thread.submit(asyncio.run, work).result()


@pytest.fixture(scope="module")
def folder(tmp_path_factory):
    return tmp_path_factory.mktemp("uploads")


@pytest.fixture(scope="module")
def client(folder):
    """A client of a server whose workers are never done, with a limit of 1 MB and room for three."""
    options = {"work": hold, "ready": ready, "waiting": 3, "max_bytes": 1_000_000, "total_uploads": 4}
    with client_of(folder, **options) as made:
        yield made


@pytest.fixture(autouse=True)
def nothing_waiting(client):
    yield
    uploads = client.app._app.state.uploads
    for upload in list(uploads._known.values()):
        uploads.delete(upload)
    end = time.monotonic() + 20
    while client.app._app.state.pool._queue.qsize():
        assert time.monotonic() < end
        time.sleep(0.02)


def test_every_answer_carries_the_headers(client):
    for path in ("/", "/guide", "/r/x", "/static/web.js", "/api/openapi.json", "/api/analyses/x"):
        headers = client.get(path).headers
        policy = headers["content-security-policy"]
        assert "default-src 'self'" in policy and "frame-ancestors 'none'" in policy and "form-action 'self'" in policy
        assert "unsafe" not in policy
        assert headers["x-content-type-options"] == "nosniff"
        assert headers["cache-control"] == "no-store"
        assert headers["referrer-policy"] == "same-origin"
        assert "access-control-allow-origin" not in headers


def test_no_page_has_a_script_or_a_style_inside(client):
    for path in ("/", "/guide", "/r/x"):
        text = client.get(path).text
        assert "<style" not in text and " style=" not in text and " onclick" not in text
        assert text.count("<script") == text.count('<script src="/static/')
        assert "http://" not in text and "https://" not in text and 'src="//' not in text


@pytest.mark.parametrize(
    "host", ["evil.example", "evil.example:8000", "127.0.0.1.evil.example", "", "[::2]", "0.0.0.0"]
)
def test_other_hosts_are_refused(client, host):
    refused = client.get("/", headers={"host": host})
    assert refused.status_code == 400
    assert "not known under the name" in words(refused)


@pytest.mark.parametrize("host", ["127.0.0.1:8000", "localhost:1", "[::1]:8000", "LOCALHOST"])
def test_own_hosts_are_served(client, host):
    assert client.get("/", headers={"host": host}).status_code == 200


FOREIGN = (
    {"origin": "http://evil.example"}, {"origin": "null"}, {"origin": "http://127.0.0.1:9"},
    {"sec-fetch-site": "cross-site"}, {"sec-fetch-site": "same-site"},
    {"origin": ADDRESS, "sec-fetch-site": "cross-site"},
)  # fmt: skip


@pytest.mark.parametrize("headers", FOREIGN)
def test_requests_of_other_pages_change_nothing(client, folder, headers):
    address = send_small(client).headers["location"]
    number = len(left(folder))
    for method, path in (("POST", "/"), ("POST", address), ("POST", address + "/delete"), ("POST", "/api/analyses"),
                         ("DELETE", "/api/analyses/" + address.removeprefix("/r/"))):  # fmt: skip
        refused = client.request(method, path, headers=headers, files={"file": ("a.csv", CSV)})
        assert refused.status_code == 403
    assert client.get(address).status_code == 200
    assert len(left(folder)) == number


def test_requests_of_own_pages_and_programs_are_taken(client):
    for headers in ({}, {"origin": ADDRESS}, {"origin": ADDRESS, "sec-fetch-site": "same-origin"}):
        assert send_small(client, headers=headers).status_code == 303


def send_small(client, **options):
    return client.post("/", files={"file": ("a.csv", CSV)}, follow_redirects=False, **options)


def test_too_large_is_told_before_and_while_it_streams(client, folder):
    big = b"x" * 3_000_000
    told = client.post("/", files={"file": ("big.csv", big)})
    assert told.status_code == 413
    assert "larger than 1 MB" in words(told) and "--max-mb" in words(told)

    def parts():
        yield b'--x\r\nContent-Disposition: form-data; name="file"; filename="big.csv"\r\n\r\n'
        for _ in range(30):
            yield b"1" * 100_000
        yield b"\r\n--x--\r\n"

    chunked = client.post("/", content=parts(), headers={"content-type": "multipart/form-data; boundary=x"})
    assert chunked.status_code == 413
    assert (
        client.post("/api/analyses", files={"file": ("big.csv", big)})
        .json()["problem"]
        .startswith("The file is larger")
    )
    assert left(folder) == []


class Line:
    """Requests to a guard around an application that reads everything and says 'taken'."""

    def __init__(self, *, reads=True, **limits):
        self.reads = reads

        def say(_scope, status, *_words):
            return PlainTextResponse("no", status)

        self.guard = Guard(self.taken, say=say, hosts=["localhost"], keys=None, **limits)

    async def taken(self, scope, receive, send):
        while self.reads and (await receive()).get("more_body"):
            pass
        await PlainTextResponse("taken")(scope, receive, send)

    async def ask(self, chunks):
        """Send chunks of so many bytes; the status of the answer."""
        waiting, told = iter(chunks), []
        scope = {"type": "http", "method": "POST", "path": "/", "query_string": b"", "client": ("127.0.0.1", 1),
                 "headers": [(b"host", b"localhost"), (b"content-length", b"10")]}  # fmt: skip

        async def receive():
            await asyncio.sleep(0)
            size = next(waiting)
            return {"type": "http.request", "body": b"x" * size, "more_body": size > 0}

        async def send(message):
            told.append(message.get("status"))

        await self.guard(scope, receive, send)
        assert next(waiting, None) is None, "a browser shows no answer before all is sent"
        return told[0]


def test_a_body_that_lies_about_its_length_is_cut():
    """The limit counts what arrives, not what the request says."""
    line = Line(max_bytes=1000, max_total_bytes=10**9)
    assert in_own_loop(line.ask([500_000, 600_000, 1, 0])) == 413
    assert in_own_loop(line.ask([500_000, 0])) == 200


def test_an_answer_waits_until_the_browser_has_sent_all():
    line = Line(reads=False, max_bytes=10**9, max_total_bytes=10**9)
    assert in_own_loop(line.ask([500_000, 600_000, 1, 0])) == 200


def test_what_arrives_at_one_time_is_bounded():
    line = Line(max_bytes=10**9, max_total_bytes=1_000_000)

    async def three():
        return await asyncio.gather(*(line.ask([200_000, 200_000, 0]) for _ in range(3)))

    assert sorted(in_own_loop(three())) == [200, 200, 503]
    assert in_own_loop(line.ask([500_000, 0])) == 200


def test_forms_without_a_recording_are_small(client):
    address = send_small(client).headers["location"]
    assert client.post(address, data={"placement": "x" * 2_000_000}).status_code == 413


def test_a_full_queue_says_try_again(client, folder):
    answers = [send_small(client) for _ in range(6)]
    codes = [a.status_code for a in answers]
    assert codes[:3] == [303] * 3
    assert codes[-1] == 503
    assert answers[-1].headers["retry-after"]
    assert "Try again" in words(answers[-1])
    assert client.post("/api/analyses", files={"file": ("a.csv", CSV)}).json()["remedy"] == "Try again in a minute."
    assert len(left(folder)) == codes.count(303)


def test_what_takes_too_long_is_ended_and_told(tmp_path):
    with client_of(tmp_path, work=hold, ready=ready, time_limit_s=0.3) as client:
        address = send_small(client).headers["location"]
        page = settle(client, address)
        assert page.status_code == 422
        assert "took too long" in words(page) and "Cut the recording into parts." in words(page)


def test_too_many_files_are_told(client, folder):
    refused = client.post("/", files=[("file", (f"{k}.csv", CSV)) for k in range(21)])
    assert refused.status_code == 422
    assert "More than 20 files" in words(refused)
    assert client.post("/", content=b"x", headers={"content-type": "multipart/form-data"}).status_code == 400
    assert left(folder) == []


def test_all_uploads_together_are_bounded(folder, tmp_path):
    with client_of(tmp_path, work=hold, ready=ready, max_bytes=1_000_000, total_uploads=2) as client:
        files = {"file": ("a.csv", b"x" * 900_000)}
        codes = [client.post("/", files=files, follow_redirects=False).status_code for _ in range(3)]
        assert codes == [303, 303, 503]
        assert len(left(tmp_path)) == 2


def test_uploads_end_when_nobody_uses_them(tmp_path):
    with client_of(tmp_path, work=str, ready=ready, keep_for_s=0.3) as client:
        address = send_small(client).headers["location"]
        assert len(left(tmp_path)) == 1
        end = time.monotonic() + 20
        while left(tmp_path):
            assert time.monotonic() < end
            time.sleep(0.05)
        assert client.get(address).status_code == 404


def test_folders_are_private_and_those_of_a_crashed_server_go(tmp_path):
    with client_of(tmp_path, work=hold, ready=ready) as client:
        send_small(client)
        (own,) = tmp_path.glob(f"{PREFIX}*")
        assert own.stat().st_mode & 0o077 == 0
        crashed, foreign = tmp_path / f"{PREFIX}crashed", tmp_path / "other"
        link = tmp_path / f"{PREFIX}link"
        for made in (crashed, foreign):
            made.mkdir()
            (made / "lock").touch()
            (made / "upload").write_bytes(CSV)
        link.symlink_to(foreign)
        with (crashed / "lock").open() as held:
            fcntl.flock(held, fcntl.LOCK_EX)
            remove_abandoned(tmp_path)
            assert crashed.exists(), "its server lives"
        remove_abandoned(tmp_path)
        assert not crashed.exists()
        assert (foreign / "upload").exists()
        assert own.exists()
        link.unlink()


def test_a_key_opens_the_page_once():
    told = []
    keys = Keys(told.append)
    first = told[-1]
    cookie = keys.redeem(first)
    assert cookie and keys.accepts(cookie)
    assert keys.redeem(first) is None
    assert len(told) == 2 and told[1] != first
    assert not keys.accepts("") and not keys.accepts(first)
    assert keys.redeem("") is None


def test_other_devices_need_the_key(tmp_path):
    told = []
    phone = {"keys": Keys(told.append), "work": hold, "ready": ready, "hosts": ("192.168.1.7",),
             "client": ("192.168.1.20", 5000), "base_url": "http://192.168.1.7:8000"}  # fmt: skip
    with client_of(tmp_path, **phone) as client:
        refused = client.get("/")
        assert refused.status_code == 403 and "key" in words(refused)
        assert client.get("/static/web.css").status_code == 403
        assert client.post(f"/?key={told[-1]}", files={"file": ("a.csv", CSV)}).status_code == 403
        assert client.get("/?key=guess").status_code == 403
        opened = client.get(f"/?lang=de&key={told[-1]}", follow_redirects=False)
        assert opened.status_code == 303
        assert opened.headers["location"] == "/?lang=de"
        said = opened.headers["set-cookie"]
        assert "HttpOnly" in said and "samesite=lax" in said.lower()
        assert client.get("/").status_code == 200
        client.cookies.clear()
        assert client.get(f"/?key={told[0]}").status_code == 403


def test_ids_cannot_be_guessed_and_lead_to_one_upload_only(client):
    ids = {send_small(client).headers["location"].removeprefix("/r/") for _ in range(3)}
    assert len(ids) == 3
    assert all(len(i) >= 22 for i in ids)
    for one in ids:
        text = client.get(f"/r/{one}").text
        assert not any(other in text for other in ids - {one})
    assert not any(i in client.get("/").text for i in ids)


@pytest.fixture(scope="module")
def live(tmp_path_factory):
    """A server as people start it: its process, its port and its folder of temporary files."""
    folder = tmp_path_factory.mktemp("live")
    process, port = start(folder)
    yield process, port, folder
    process.send_signal(signal.SIGINT)
    assert process.wait(20) == 0
    process.stdout.close()
    assert list(folder.glob(f"{PREFIX}*")) == []


def test_who_leaves_in_the_middle_leaves_nothing(live):
    _, port, folder = live
    with socket.create_connection(("127.0.0.1", port)) as line:
        head = "POST / HTTP/1.1\r\nHost: 127.0.0.1\r\nContent-Type: multipart/form-data; boundary=x\r\n"
        line.sendall((head + "Content-Length: 5000000\r\n\r\n").encode())
        line.sendall(b'--x\r\nContent-Disposition: form-data; name="file"; filename="a.csv"\r\n\r\n' + b"1" * 2_000_000)
    time.sleep(0.3)
    with socket.create_connection(("127.0.0.1", port)) as line:
        line.sendall(b"GET / HTTP/1.1\r\nHost: 127.0.0.1\r\nConnection: close\r\n\r\n")
        assert line.recv(20).startswith(b"HTTP/1.1 200")
    assert left(folder) == []


def test_a_taken_port_is_told_with_the_remedy(live, tmp_path):
    _, port, _ = live
    process, said = start(tmp_path, port=port)
    assert process.wait(20) == 2
    process.stdout.close()
    assert said.strip() == f"port {port} is in use. Give another one, for example --port {port + 1}."


def test_after_a_crash_the_next_start_deletes_what_was_left(tmp_path):
    import httpx2

    process, port = start(tmp_path)
    answer = httpx2.post(f"http://127.0.0.1:{port}/", files={"file": ("a.csv", CSV)})
    assert answer.status_code == 303
    process.kill()
    process.wait(20)
    process.stdout.close()
    assert len(list(tmp_path.glob(f"{PREFIX}*"))) == 1
    process, port = start(tmp_path)
    assert len(list(tmp_path.glob(f"{PREFIX}*"))) == 1
    assert left(tmp_path) == []
    process.send_signal(signal.SIGINT)
    assert process.wait(20) == 0
    said = process.stdout.read()
    process.stdout.close()
    assert "Traceback" not in said
    assert list(tmp_path.glob(f"{PREFIX}*")) == []


def test_in_the_network_a_code_is_shown(tmp_path):
    process, port = start(tmp_path, "--lan")
    if isinstance(port, str):
        assert process.wait(20) == 2
        process.stdout.close()
        assert "no network" in port
        return
    process.send_signal(signal.SIGINT)
    said = process.stdout.read()
    assert process.wait(20) == 0
    process.stdout.close()
    assert "?key=" in said and "█" in said


def test_the_help_loads_no_server(root):
    code = (
        "import sys; from gait.app.cli import app; app(['serve', '--help'], standalone_mode=False); "
        "print('loaded:', *[m for m in ('fastapi', 'uvicorn', 'segno', 'pandas') if m in sys.modules])"
    )
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert done.stdout.splitlines()[-1] == "loaded:"
