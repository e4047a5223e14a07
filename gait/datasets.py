"""Public recordings of other people, fetched when asked for: never needed by the pipeline, never part of the package.

Only sets are listed whose licence allows it and whose bytes were seen: the hash is that of the file itself, and a
download that differs is refused.
"""

from __future__ import annotations

import os
from dataclasses import dataclass
from pathlib import Path
from types import MappingProxyType

import numpy as np
import pandas as pd

from gait.errors import RecordingError, UsageError
from gait.io.reader import read_recording
from gait.recording import Recording


@dataclass(frozen=True)
class Dataset:
    """A public file.

    Attributes
    ----------
    name : str
        Short name, see `DATASETS`.
    base_url, path : str
        Where it lies, at a fixed version.
    sha256 : str
        Hash of its bytes.
    licence, citation, note : str
        Under what it is given, how to cite it, what it is.
    """

    name: str
    base_url: str
    path: str
    sha256: str
    licence: str
    citation: str
    note: str


@dataclass(frozen=True)
class Example:
    """A recording with what is known to be true of it.

    Attributes
    ----------
    recording : Recording
        The samples.
    steps_s : ndarray, shape (n,)
        Times of the steps that a reference counted [s], from the first sample.
    dataset : Dataset
        Where it comes from.
    """

    recording: Recording
    steps_s: np.ndarray[tuple[int], np.dtype[np.float64]]
    dataset: Dataset


_OXFORD = (
    "https://raw.githubusercontent.com/Oxford-step-counter/DataSet/bdab28cd22cf16b5b0efb9fd1716713985607e0e/validation/"
)

DATASETS = MappingProxyType({
    "oxford_hand": Dataset(
        "oxford_hand", _OXFORD, "user1_hand_1506421989895.csv",
        "698a95734cf601f407a87abfb3bafe64b036f9b1f9a46dca35a918a49f46faa9", "CC BY 4.0",
        "Oxford Step Counter data set, validation part, https://github.com/Oxford-step-counter/DataSet",
        "3 minutes of walking with a phone in the hand, 100 Hz, steps counted by a device worn beside it",
    ),
})  # fmt: skip
"""Sets by their short name."""


def fetch(name: str, *, folder: str | os.PathLike[str] | None = None, base_url: str | None = None) -> Path:
    """Fetch a public file once, check its hash and return where it lies.

    Parameters
    ----------
    name : str
        A key of `DATASETS`.
    folder : path-like, optional
        Where to keep it; the user's cache folder if not given.
    base_url : str, optional
        A mirror, for example a server without access to the internet.

    Raises
    ------
    UsageError
        If there is no such set.
    RecordingError
        If the file cannot be fetched or is another than the one that was listed.
    """
    import pooch
    from requests import RequestException

    if name not in DATASETS:
        raise UsageError(f"allowed for a data set are {', '.join(map(repr, DATASETS))}, but got {name!r}")
    dataset = DATASETS[name]
    url = (base_url or dataset.base_url).rstrip("/") + "/" + dataset.path
    pooch.get_logger().setLevel("WARNING")
    try:
        kept = pooch.retrieve(
            url, f"sha256:{dataset.sha256}", fname=dataset.path, path=folder or pooch.os_cache("retrogait")
        )
    except (OSError, RequestException) as error:
        problem = f"the data set cannot be fetched ({type(error).__name__})"
        raise RecordingError(problem, "Check the connection, or give a mirror with base_url", path=url) from None
    except ValueError:  # what pooch raises when the hash differs
        problem = "the file fetched is not the one that was listed: its hash differs"
        raise RecordingError(problem, "Do not use it; tell the authors of this package", path=url) from None
    return Path(kept)


def load(name: str, *, folder: str | os.PathLike[str] | None = None, base_url: str | None = None) -> Example:
    """Fetch a public file and read it, with its truth.

    Parameters
    ----------
    name, folder, base_url
        See `fetch`.
    """
    path = fetch(name, folder=folder, base_url=base_url)
    table = pd.read_csv(path, header=None, usecols=[0, 5], names=["time_ns", "steps"], dtype="int64")
    time_s = (table["time_ns"] - table["time_ns"].iloc[0]).to_numpy() / 1e9
    counted = np.diff(table["steps"].to_numpy(), prepend=0)
    return Example(read_recording(path, placement="hand"), np.repeat(time_s, counted), DATASETS[name])
