"""Recordings of a season: found in folders and zips, with their athlete and what is known of them."""

import zipfile
from pathlib import Path

import pytest

from gait.errors import RecordingError, UsageError
from gait.season import find_season


def touch(root: Path, *names: str) -> None:
    for name in names:
        path = root / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(name)


def found(root: Path, **options) -> dict[str, str]:
    return {entry.source: entry.athlete for entry in find_season([root], **options).entries}


def test_athletes_come_from_folder_or_name(tmp_path) -> None:
    root = tmp_path / "spring"
    touch(root, "anna/run.csv", "ben_2026-03-01_back.csv", "cleo-marie_20260302.zip", "loose.txt", "dora/a/b.csv.gz")
    assert found(root) == {
        "spring/anna/run.csv": "anna", "spring/ben_2026-03-01_back.csv": "ben", "spring/dora/a/b.csv.gz": "dora",
        "spring/cleo-marie_20260302.zip": "cleo-marie", "spring/loose.txt": "unnamed",
    }  # fmt: skip


def test_an_unpacked_export_is_one_recording_and_other_files_are_counted(tmp_path) -> None:
    touch(tmp_path, "anna/run 1/Accelerometer.csv", "anna/run 1/Metadata.csv", "anna/photo.jpg", ".hidden/x.csv",
          "anna/summary.csv", "anna/notes.pdf")  # fmt: skip
    season = find_season([tmp_path])
    assert [entry.source for entry in season.entries] == [f"{tmp_path.name}/anna/run 1"]
    assert season.n_other == 3


def test_a_zip_of_recordings_is_opened_and_a_zip_of_an_export_is_not(tmp_path) -> None:
    with zipfile.ZipFile(tmp_path / "club.zip", "w") as archive:
        for name in ("anna/one.csv", "anna/two.csv", "__MACOSX/._one.csv", "list.pdf"):
            archive.writestr(name, name)
    with zipfile.ZipFile(tmp_path / "ben.zip", "w") as archive:
        for name in ("Accelerometer.csv", "Gyroscope.csv"):
            archive.writestr(name, name)
    entries = {entry.source.split("/", 1)[1]: entry for entry in find_season([tmp_path]).entries}
    assert set(entries) == {"club.zip/anna/one.csv", "club.zip/anna/two.csv", "ben.zip"}
    member = entries["club.zip/anna/one.csv"].open()
    assert member.read() == b"anna/one.csv" and member.name == "one.csv"
    assert entries["ben.zip"].open() == tmp_path / "ben.zip"
    assert len({entry.content() for entry in entries.values()}) == 3


def test_the_table_of_athletes_tells_and_files_go_before_athletes(tmp_path) -> None:
    touch(tmp_path, "anna/one.csv", "anna/two.csv", "ben.csv", "known.csv")
    (tmp_path / "laps.txt").write_text("x")
    (tmp_path / "athletes.csv").write_text(
        "File;Athlete;Placement;Calibrate;Speed;body_mass_kg\n;anna;hip;first-run;;60\n"
        "anna/two.csv;;waist;;laps.txt;\nben.csv;Benno;chest;;2,5;\n"
    )
    entries = {entry.path.name: entry for entry in find_season([tmp_path], known={"placement": "pocket"}).entries}
    assert entries["one.csv"].known == {"placement": "hip", "calibrate": "first-run"}
    assert entries["two.csv"].known["placement"] == "waist"
    assert entries["two.csv"].known["speed"] == str((tmp_path / "laps.txt").resolve())
    assert (entries["ben.csv"].athlete, entries["ben.csv"].known["placement"]) == ("Benno", "chest")
    assert entries["laps.txt"].known == {"placement": "pocket"}


@pytest.mark.parametrize(
    ("text", "complaint"),
    [("athlete,shoe\nanna,8\n", "has the column 'shoe'"), ("placement\nhip\n", "neither file nor athlete")],
)
def test_a_table_that_cannot_be_used_is_refused(tmp_path, text, complaint) -> None:
    touch(tmp_path, "anna/one.csv")
    (tmp_path / "athletes.csv").write_text(text)
    with pytest.raises(UsageError, match=complaint):
        find_season([tmp_path])


def test_a_missing_folder_is_refused_and_an_empty_one_is_empty(tmp_path) -> None:
    with pytest.raises(UsageError, match="there is no"):
        find_season([tmp_path / "nowhere"])
    assert find_season([tmp_path]).entries == ()


def test_a_damaged_member_is_a_plain_error(tmp_path) -> None:
    with zipfile.ZipFile(tmp_path / "club.zip", "w") as archive:
        archive.writestr("one.csv", "1")
        archive.writestr("two.csv", "2")
    entry = find_season([tmp_path]).entries[0]
    (tmp_path / "club.zip").write_bytes(b"no zip any more")
    with pytest.raises(RecordingError, match="cannot be unpacked"):
        entry.open()
