"""Any fields that a form may send, and any bytes as a file, get a page: never a fault of the server."""

import os

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from tests.web import client_of, read

EXAMPLES = int(os.environ.get("GAIT_FORMS", "40"))
FIELDS = ("placement", "forward", "backward_group", "rate", "unit", "scale", "time_column", "acc_columns", "athlete",
          "bout:0", "bout:5.0-30.0", "bout:x", "lang", "other")  # fmt: skip
WORDS = (
    "lower_back", "pocket", "unknown", "first-run", "+x", "-z", "A", "B", "neither", "g", "mg", "100", "0", "-1", "nan",
    "1e999", "forward", "backward", "", "time_s", "1,2,3", "../../etc/passwd", "<script>", "12-40", "\x00", "ä" * 300,
)  # fmt: skip
KINDS = (
    "multipart/form-data; boundary=x",
    "multipart/form-data",
    "application/x-www-form-urlencoded",
    "text/plain",
    "",
)
NAMES, VALUES = (st.sampled_from(known) | st.text(max_size=20) for known in (FIELDS, WORDS))
BYTES = st.binary(max_size=400) | st.text(max_size=200).map(lambda text: text.encode("utf-8", "replace"))
PATHS = ("", "/answers", "/labels", "/delete", "/again", "/keep", "/nothing")
many = settings(max_examples=EXAMPLES, deadline=None, suppress_health_check=list(HealthCheck))


@pytest.fixture(scope="module")
def client(tmp_path_factory):
    with client_of(tmp_path_factory.mktemp("forms"), raise_server_exceptions=True) as made:
        yield made


@pytest.fixture(scope="module")
def address(client, samples):
    return read(client, samples / "simulated_watch_wrist.csv")[0]


@many
@given(fields=st.dictionaries(NAMES, VALUES), path=st.sampled_from(PATHS))
def test_any_fields_get_a_page(client, address, fields, path) -> None:
    answer = client.post(address + ("" if path == "/delete" else path), data=fields, follow_redirects=False)
    assert answer.status_code < 500 or answer.status_code == 503, (fields, path, answer.text[:300])


@many
@given(content=BYTES, name=st.text(max_size=30))
def test_any_file_gets_an_answer(client, content, name) -> None:
    answer = client.post("/api/analyses", files={"file": (name or "x", content)}, follow_redirects=False)
    assert answer.status_code < 500 or answer.status_code == 503, (name, content, answer.text[:300])
    if answer.status_code == 202:
        client.delete(f"/api/analyses/{answer.json()['id']}")


@many
@given(body=BYTES, kind=st.sampled_from(KINDS))
def test_any_body_gets_an_answer(client, body, kind) -> None:
    answer = client.post("/", content=body, headers={"content-type": kind}, follow_redirects=False)
    assert answer.status_code < 500 or answer.status_code == 503, (kind, body, answer.text[:300])
