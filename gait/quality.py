"""What a recording permits, and what is wrong with it."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from gait.language import gettext as _
from gait.nomenclature import place_words
from gait.recording import STANDARD_GRAVITY_MS2, Flag, Recording
from gait.signal.body import TRUNK
from gait.signal.clipping import clipped_mask

DIRECTION_PLACEMENTS = (*TRUNK, "pocket", "thigh", "unknown")


def capabilities(
    placement: str,
    true_rate_hz: float,
    *,
    has_gravity: bool,
    has_gyroscope: bool,
    min_cadence_rate_hz: float,
    min_direction_rate_hz: float,
    min_event_rate_hz: float,
    min_slope_rate_hz: float,
    min_tibial_rate_hz: float,
) -> dict[str, str]:
    """What placement, true sampling rate and gravity allow.

    Parameters
    ----------
    placement : str
        Where the device was worn.
    true_rate_hz : float
        Rows per second in which a value changes [Hz].
    has_gravity, has_gyroscope : bool
        Whether gravity is contained in the samples, and whether angular rate was recorded.
    min_cadence_rate_hz, min_direction_rate_hz, min_event_rate_hz, min_slope_rate_hz, min_tibial_rate_hz : float
        Lowest rates [Hz].

    Returns
    -------
    dict of str to str
        Keys ``cadence``, ``direction``, ``contacts`` (initial and terminal contacts and what follows from them),
        ``peaks``, ``slope``, ``tibial``; the value is "" when allowed, else the reason why not.
    """
    where = place_words(placement)
    out = dict.fromkeys(("cadence", "direction", "contacts", "peaks", "slope", "tibial"), "")

    def refuse(keys: str, reason: str) -> None:
        for key in keys.split():
            out[key] = out[key] or reason

    if true_rate_hz < min_cadence_rate_hz:
        few = _("{rate:.3g} readings per second are too few for cadence ({needed:g} needed)",
                rate=true_rate_hz, needed=min_cadence_rate_hz)  # fmt: skip
        refuse("cadence", few)
    if placement != "shank":
        refuse("tibial", _("only a sensor at the shank can show it"))
    if not has_gravity:
        refuse("direction contacts peaks slope tibial", _("the file has no gravity, so up and forward are unknown"))
    ladder = {
        "direction": min_direction_rate_hz, "contacts": min_event_rate_hz, "peaks": min_event_rate_hz,
        "slope": min_slope_rate_hz, "tibial": min_tibial_rate_hz,
    }  # fmt: skip
    for key, lowest in ladder.items():
        if true_rate_hz < lowest:
            few = _("{rate:.3g} readings per second are too few ({needed:g} needed)",
                    rate=true_rate_hz, needed=round(lowest, -1))  # fmt: skip
            refuse(key, few)
    if placement == "foot":
        if not has_gyroscope or true_rate_hz < min_tibial_rate_hz:
            needs = _("at the foot a gyroscope and 200 readings per second are needed to follow the strides")
            refuse("direction", needs)
    elif placement not in DIRECTION_PLACEMENTS:
        refuse("direction", _("at the {where} nothing tells which way the runner faces", where=where))
    if placement not in TRUNK:
        unknown = (
            _("it is not known where the device was worn")
            if placement == "unknown"
            else _("contacts and vertical landing peaks can be told on the trunk only, not at the {where}", where=where)
        )
        refuse("contacts slope", unknown)
        if placement not in ("pocket", "thigh", "shank"):
            refuse("peaks", unknown)
    return out


def clipped_samples(recording: Recording) -> NDArray[np.bool_]:
    """Readings at the sensor's limit, per axis, shape (n, 3)."""
    return clipped_mask(recording.acc_ms2 / STANDARD_GRAVITY_MS2)


def inspect_flags(recording: Recording, clipped: NDArray[np.bool_] | None = None) -> tuple[Flag, ...]:
    """Remarks on the recording itself: those of the reader, clipping, and an unknown placement; gravest first.

    Parameters
    ----------
    recording : Recording
        From the reader.
    clipped : ndarray of bool, shape (n, 3), optional
        From `clipped_samples`, where it is known already.
    """
    flags = list(recording.flags)
    mask = clipped_samples(recording) if clipped is None else clipped
    if mask.any():
        rows: NDArray[np.bool_] = mask[:, 0] | mask[:, 1] | mask[:, 2]
        top = float(np.abs(recording.acc_ms2[mask]).max()) / STANDARD_GRAVITY_MS2
        flags.append(
            Flag(
                "clipped",
                "warning",
                _(
                    "{n} of {total} readings ({share:.1f} %) stand at the sensor's limit of {top:.3g} g: true peaks "
                    "were higher.",
                    n=int(rows.sum()),
                    total=len(rows),
                    share=100 * rows.mean(),
                    top=top,
                ),
                _("Record with a wider range (8 g or 16 g) if the app offers it."),
            )
        )
    if recording.placement == "unknown":
        flags.append(
            Flag(
                "placement_unknown",
                "info",
                _("It is not known where the device was worn, so contacts and landing peaks are left out."),
                _("Say where it was worn, for example --placement lower_back."),
            )
        )
    return sort_flags(flags)


def sort_flags(flags: list[Flag]) -> tuple[Flag, ...]:
    """Gravest first, one of a kind."""
    rank = {"error": 0, "warning": 1, "info": 2}
    unique = {(f.code, f.message): f for f in flags}
    return tuple(sorted(unique.values(), key=lambda f: rank[f.severity]))
