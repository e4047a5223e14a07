"""The results folder of a season: one Parquet file per recording, written whole or not at all.

::

    RESULTS/recordings/<recording_id>.parquet   bouts of a recording; what it was and what came out as metadata
    RESULTS/failures/<recording_id>.json        why a recording has no result
    RESULTS/season.parquet                      many of the first kind in one, for speed (`compact`)

The id is a hash of everything that the result depends on, so that looking for the file tells whether there is anything
left to do. A newer result of the same source replaces the older one.
"""

from __future__ import annotations

import dataclasses
import hashlib
import io
import json
import os
import re
import tempfile
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any

import pandas as pd

from gait.contract import RECORDING_COLUMNS, recording_row, wide_bouts
from gait.errors import UsageError
from gait.nomenclature import BOUT_METRICS, TABLES

if TYPE_CHECKING:
    from fsspec import AbstractFileSystem

    from gait.results import Analysis
    from gait.settings import AnalysisSettings

RECORDINGS, FAILURES, REPORTS, SEASON = "recordings", "failures", "reports", "season.parquet"
ROW = b"retrogait_row"
RESULT = b"retrogait_result"
FAILURE_COLUMNS = ("recording_id", "source", "athlete", "stage", "problem", "remedy")


@dataclass(frozen=True)
class Store:
    """Where results are kept.

    Attributes
    ----------
    files : fsspec.AbstractFileSystem
        A local disk or any storage that fsspec knows.
    root : str
        The folder in it.
    """

    files: AbstractFileSystem
    root: str

    def path(self, *parts: str) -> str:
        """Path of a file in the store."""
        return "/".join((self.root, *parts))

    @property
    def folder(self) -> Path | None:
        """The folder when it is on a local disk."""
        return Path(self.root) if "file" in self.files.protocol else None


def open_store(root: str | os.PathLike[str]) -> Store:
    """Open a results folder, which is made if it does not exist.

    Parameters
    ----------
    root : path-like or URL
        A folder, or an address such as ``s3://bucket/results``.

    Raises
    ------
    UsageError
        If it cannot be used.
    """
    from fsspec.core import url_to_fs

    try:
        files, path = url_to_fs(os.fspath(root))
        store = Store(files, path.rstrip("/"))
        for part in (RECORDINGS, FAILURES, REPORTS):
            files.makedirs(store.path(part), exist_ok=True)
    except (OSError, ValueError, ImportError) as error:
        raise UsageError(f"results cannot be kept in {root} ({error})", "Choose a folder where you may write") from None
    return store


def recording_id(content: str, known: Mapping[str, Any], settings: AnalysisSettings, version: str) -> str:
    """Name of a result: a hash of all that it depends on.

    Parameters
    ----------
    content : str
        Hash of the recording's bytes.
    known : mapping
        What is told beside the recording: source, athlete, placement, calibration, language, ...
    settings : AnalysisSettings
        Thresholds.
    version : str
        Version of this package.
    """
    depends = json.dumps([content, dict(known), dataclasses.asdict(settings), version], sort_keys=True, default=str)
    return hashlib.sha256(depends.encode()).hexdigest()[:32]


def save_analysis(store: Store, analysis: Analysis, *, key: str, athlete: str, source: str, report: str = "") -> None:
    """Keep a result.

    Parameters
    ----------
    store : Store
        Where.
    analysis : Analysis
        What.
    key : str
        From `recording_id`.
    athlete, source : str
        Whose recording, and its name in the season.
    report : str
        Path of its report in the store.
    """
    row = recording_row(analysis, key=key, athlete=athlete, source=source, report=report)
    result = {name: part for name, part in analysis.to_dict().items() if name != "steps"}
    write_whole(store, f"{RECORDINGS}/{key}.parquet", _parquet(wide_bouts(analysis), row, result))
    remove(store, f"{FAILURES}/{key}.json")


def save_failure(store: Store, *, key: str, athlete: str, source: str, stage: str, problem: str, remedy: str) -> None:
    """Keep why a recording has no result; `stage` is "read", "analyse", "write" or "worker".

    Parameters
    ----------
    store : Store
        Where.
    key : str
        From `recording_id`.
    athlete, source : str
        Whose recording, and its name in the season.
    stage : {"read", "analyse", "write", "worker"}
        How far it came.
    problem, remedy : str
        What is wrong and what can be done.
    """
    row = dict(zip(FAILURE_COLUMNS, (key, source, athlete, stage, problem, remedy), strict=True))
    write_whole(store, f"{FAILURES}/{key}.json", json.dumps(row).encode())


def kept_ids(store: Store) -> set[str]:
    """Recordings that have a result."""
    return _stems(store, RECORDINGS, ".parquet") | set(_season_rows(store)["recording_id"])


def failed_ids(store: Store) -> set[str]:
    """Recordings of which it is known why they have none."""
    return _stems(store, FAILURES, ".json")


def read_recordings(store: Store) -> pd.DataFrame:
    """One row per recording, columns `RECORDING_COLUMNS`, sorted by athlete, date and source."""
    rows = [json.loads(_metadata(store, key)[ROW]) for key in sorted(_stems(store, RECORDINGS, ".parquet"))]
    single = pd.DataFrame(rows, columns=list(RECORDING_COLUMNS))
    table = _newer(single, _season_rows(store))
    table["date"] = pd.to_datetime(table["date"])
    loads = ["load_forward_gs", "load_backward_gs"]
    table[loads] = table[loads].astype(float)
    return table.sort_values(["athlete", "date", "source"], kind="stable", ignore_index=True)


def read_bouts(store: Store) -> pd.DataFrame:
    """All bouts: ``recording_id``, ``athlete``, ``date``, the columns of ``TABLES["bouts"]`` and one per metric."""
    import pyarrow.parquet as pq

    recordings = read_recordings(store)[["recording_id", "athlete", "date"]]
    parts = []
    for key in sorted(_stems(store, RECORDINGS, ".parquet")):
        with store.files.open(store.path(RECORDINGS, f"{key}.parquet"), "rb") as file:
            parts.append(pq.read_table(file).to_pandas().assign(recording_id=key))
    single = pd.concat([part for part in parts if len(part)], ignore_index=True) if any(map(len, parts)) else None
    both = [t for t in (single, _season_table(store)) if t is not None and len(t)]
    if not both:
        own = [name for name in BOUT_METRICS if name not in TABLES["bouts"]]
        return pd.DataFrame(columns=["recording_id", "athlete", "date", *TABLES["bouts"], *own])
    bouts = pd.concat(both, ignore_index=True).drop_duplicates(["recording_id", "bout_id"])
    joined = recordings.merge(bouts, on="recording_id", validate="1:m")
    return joined.sort_values(["athlete", "date", "recording_id", "bout_id"], kind="stable", ignore_index=True)


def read_results(store: Store) -> dict[str, dict[str, Any]]:
    """The public JSON object of each recording, without its steps, by id."""
    found: dict[str, dict[str, Any]] = json.loads(_season_metadata(store).get(RESULT, b"{}"))
    return found | {key: json.loads(_metadata(store, key)[RESULT]) for key in _stems(store, RECORDINGS, ".parquet")}


def read_comparisons(store: Store) -> pd.DataFrame:
    """All comparisons: ``recording_id``, ``athlete``, ``date`` and the columns of ``TABLES["comparison"]``."""
    recordings = read_recordings(store)[["recording_id", "athlete", "date"]]
    rows = [{"recording_id": key, **row} for key, result in read_results(store).items() for row in result["comparison"]]
    table = pd.DataFrame(rows, columns=["recording_id", *TABLES["comparison"]])
    joined = recordings.merge(table, on="recording_id", validate="1:m")
    return joined.sort_values(["athlete", "date", "recording_id", "metric"], kind="stable", ignore_index=True)


def read_failures(store: Store) -> pd.DataFrame:
    """One row per recording without a result, columns `FAILURE_COLUMNS`, sorted by source."""
    rows = [json.loads(store.files.cat_file(store.path(FAILURES, f"{key}.json"))) for key in sorted(failed_ids(store))]
    table = pd.DataFrame(rows, columns=list(FAILURE_COLUMNS))
    return table.sort_values("source", kind="stable", ignore_index=True)


def compact(store: Store) -> int:
    """Merge the results of single recordings into one file, and return how many there are in it.

    Results stay readable throughout: the merged file is complete before the single ones go.
    """
    single = _stems(store, RECORDINGS, ".parquet")
    recordings = read_recordings(store)
    rows = recordings.assign(date=recordings["date"].dt.strftime("%Y-%m-%d")).astype(object)
    _write_season(store, rows.where(rows.notna(), None), read_results(store), read_bouts(store))
    for key in single:
        remove(store, f"{RECORDINGS}/{key}.parquet")
    return len(recordings)


def _write_season(store: Store, rows: pd.DataFrame, results: dict[str, Any], bouts: pd.DataFrame) -> None:
    bouts = bouts.drop(columns=["athlete", "date"], errors="ignore")
    write_whole(store, SEASON, _parquet(bouts, rows.to_dict("records"), results))


def keep_only(store: Store, current: Mapping[str, str]) -> None:
    """Remove results and failures of sources that have a newer one.

    Parameters
    ----------
    store : Store
        Where.
    current : mapping of str to str
        Id by source.
    """
    old = [
        *((RECORDINGS, ".parquet", *pair) for pair in _pairs(read_recordings(store))),
        *((FAILURES, ".json", *pair) for pair in _pairs(read_failures(store))),
    ]
    gone = {key for _part, _suffix, key, source in old if current.get(source, key) != key}
    _remove_recordings(store, gone)


def forget(store: Store, athlete: str) -> tuple[list[str], list[str]]:
    """Remove everything that is known of a person.

    Returns
    -------
    removed : list of str
        Sources of the recordings whose results and failures were removed.
    left : list of str
        Files in the results that still hold the person's name or the name of a recording: those that are made from the
        results and have to be made anew.
    """
    recordings, failures = read_recordings(store), read_failures(store)
    own = pd.concat(
        [t.loc[t["athlete"] == athlete, ["recording_id", "source", "athlete"]] for t in (recordings, failures)]
    )
    for report in recordings.loc[recordings["athlete"] == athlete, "report"]:
        remove(store, report)
    _remove_recordings(store, set(own["recording_id"]))
    return sorted(own["source"]), traces(store, {athlete, *own["source"], *own["recording_id"]})


def traces(store: Store, words: Iterable[str]) -> list[str]:
    """Files of the results, by name or content, in which one of the words stands.

    Parameters
    ----------
    store : Store
        Where.
    words : iterable of str
        Names and ids.
    """
    wanted = [word for word in words if word]
    pattern = re.compile("|".join(r"(?<![\w-])" + re.escape(word) + r"(?![\w-])" for word in wanted))
    found = []
    for path in sorted(store.files.find(store.root)):
        name = path[len(store.root) + 1 :]
        text = store.files.cat_file(path).decode("utf-8", errors="ignore")
        if wanted and (pattern.search(name) or pattern.search(text)):
            found.append(name)
    return found


def write_whole(store: Store, name: str, data: bytes) -> None:
    """Write a file so that nobody ever sees half of it."""
    if store.folder is None:
        store.files.pipe_file(store.path(name), data)
        return
    target = store.folder / name
    target.parent.mkdir(parents=True, exist_ok=True)
    handle, temporary = tempfile.mkstemp(dir=target.parent, prefix=".", suffix=".part")
    try:
        with os.fdopen(handle, "wb") as file:
            file.write(data)
        os.chmod(temporary, 0o644)
        os.replace(temporary, target)
    except BaseException:
        Path(temporary).unlink(missing_ok=True)
        raise


def remove(store: Store, name: str) -> None:
    """Remove a file if it is there."""
    if name and store.files.exists(store.path(name)):
        store.files.rm_file(store.path(name))


def _remove_recordings(store: Store, keys: set[str]) -> None:
    if keys & set(_season_rows(store)["recording_id"]):
        _without(store, keys)
    for key in keys:
        remove(store, f"{RECORDINGS}/{key}.parquet")
        remove(store, f"{FAILURES}/{key}.json")


def _without(store: Store, keys: set[str]) -> None:
    """Write the merged file anew without some recordings."""
    rows, bouts = _season_rows(store), _season_table(store)
    assert bouts is not None
    results = {key: result for key, result in read_results(store).items() if key in set(rows["recording_id"]) - keys}
    rows = rows.astype(object).where(rows.notna(), None)
    _write_season(store, rows[~rows["recording_id"].isin(keys)], results, bouts[~bouts["recording_id"].isin(keys)])


def _parquet(bouts: pd.DataFrame, row: Any, result: Any) -> bytes:
    """A table of bouts with what belongs to its recordings as metadata."""
    import pyarrow as pa
    import pyarrow.parquet as pq

    table = pa.Table.from_pandas(bouts, preserve_index=False)
    own = {ROW: json.dumps(row, allow_nan=False), RESULT: json.dumps(result, allow_nan=False)}
    buffer = io.BytesIO()
    pq.write_table(table.replace_schema_metadata((table.schema.metadata or {}) | own), buffer)
    return buffer.getvalue()


def _pairs(table: pd.DataFrame) -> list[tuple[str, str]]:
    return list(zip(table["recording_id"], table["source"], strict=True))


def _stems(store: Store, part: str, suffix: str) -> set[str]:
    names = (path.rsplit("/", 1)[-1] for path in store.files.ls(store.path(part), detail=False))
    return {name[: -len(suffix)] for name in names if name.endswith(suffix) and not name.startswith(".")}


def _metadata(store: Store, key: str) -> dict[bytes, bytes]:
    import pyarrow.parquet as pq

    with store.files.open(store.path(RECORDINGS, f"{key}.parquet"), "rb") as file:
        return dict(pq.read_schema(file).metadata)


def _season_metadata(store: Store) -> dict[bytes, bytes]:
    import pyarrow.parquet as pq

    if not store.files.exists(store.path(SEASON)):
        return {}
    with store.files.open(store.path(SEASON), "rb") as file:
        return dict(pq.read_schema(file).metadata)


def _season_rows(store: Store) -> pd.DataFrame:
    return pd.DataFrame(json.loads(_season_metadata(store).get(ROW, b"[]")), columns=list(RECORDING_COLUMNS))


def _season_table(store: Store) -> pd.DataFrame | None:
    import pyarrow.parquet as pq

    if not store.files.exists(store.path(SEASON)):
        return None
    with store.files.open(store.path(SEASON), "rb") as file:
        table: pd.DataFrame = pq.read_table(file).to_pandas()
    return table


def _newer(single: pd.DataFrame, merged: pd.DataFrame) -> pd.DataFrame:
    """Rows of both; a recording that is in both counts once."""
    both = [table for table in (single, merged) if len(table)]
    return pd.concat(both, ignore_index=True).drop_duplicates("recording_id") if both else single
