"""Which way is forward in the device's frame: as it was declared, learnt from known forward running, or from labels."""

from __future__ import annotations

from dataclasses import dataclass, field

import numpy as np
from numpy.typing import NDArray

from gait.errors import UsageError
from gait.events.direction import Anchor, Verdict, anchor_from
from gait.events.travel import Evidence
from gait.language import gettext as _
from gait.recording import Flag
from gait.settings import AnalysisSettings
from gait.signal.axes import angle_between_deg, axis_vector
from gait.stages import Track

Floats = NDArray[np.float64]
Calibration = str | tuple[float, float] | None


@dataclass(frozen=True)
class Headings:
    """Direction of each bout, and what was assumed to know it.

    Attributes
    ----------
    verdicts : list of Verdict
        One per bout.
    methods : list of str
        ``"label"``, ``"mounting"``, ``"calibration"`` or ``"none"``, one per bout.
    groups : list of str or None
        ``"A"``, ``"B"`` or None, one per bout.
    stated : dict of int to str
        Bouts that calibrate: forward because the user says so, with the reason.
    taught : set of int
        Bouts from whose labels it was learnt which way is forward.
    windows : dict of int to (ndarray, ndarray)
        Of each bout that was held against a front: `gait.events.travel.direction_features`, and which are clear.
    assumptions, flags : list
        What was decided, and what is doubtful.
    """

    verdicts: list[Verdict]
    methods: list[str]
    groups: list[str | None]
    stated: dict[int, str] = field(default_factory=dict)
    taught: set[int] = field(default_factory=set)
    windows: dict[int, tuple[Floats, NDArray[np.bool_]]] = field(default_factory=dict)
    assumptions: list[str] = field(default_factory=list)
    flags: list[Flag] = field(default_factory=list)


def find_front(
    out: Headings,
    tracks: list[Track],
    evidences: list[Evidence],
    tells: list[bool],
    labelled: list[str | None],
    placement: str,
    anterior: str | None,
    calibrate: Calibration,
    settings: AnalysisSettings,
) -> Anchor | None:
    """Which way is forward: as declared, else as calibrated, else as labelled; what is said of it is added to `out`.

    Parameters
    ----------
    out : Headings
        Gets flags and assumptions.
    tracks : list of Track
        The bouts.
    evidences : list of Evidence
        Travel of each bout.
    tells : list of bool
        Whether each bout may tell its direction.
    labelled : list of str or None
        Direction of each bout as the user labelled it.
    placement : str
        Where the device was worn.
    anterior : str, optional
        Device axis that was declared as the front.
    calibrate : Calibration
        The first run, or a stretch of time.
    settings : AnalysisSettings
        Thresholds.

    Returns
    -------
    Anchor or None
        The front in the device's frame; None if nothing tells it.
    """
    declared = None
    if anterior is not None and placement == "unknown":
        message = _(
            "The axis {axis} was declared as the front, but not where the device was worn: it is not used.",
            axis=anterior,
        )
        remedy = _("Say where it was worn, for example --placement lower_back.")
        out.flags.append(Flag("mounting_without_placement", "warning", message, remedy))
    elif anterior is not None:
        declared = Anchor(axis_vector(anterior), None, "mounting")
        sentence = _("The device axis {axis} points to the runner's front because --anterior says so.", axis=anterior)
        out.assumptions.append(sentence)
    calibrated = None
    if calibrate is not None and tracks:
        calibrated = _calibrate(out, tracks, evidences, tells, calibrate, settings)
    known = [k for k, word in enumerate(labelled) if word in ("forward", "backward") and tells[k]]
    if calibrated is None and declared is None and known:
        calibrated = anchor_from(
            [evidences[k] for k in known], [1.0 if labelled[k] == "forward" else -1.0 for k in known],
            method="calibration", **settings.keywords(anchor_from),
        )  # fmt: skip
        if calibrated is not None:
            out.assumptions.append(_("Bouts without a label are judged by those that you labelled."))
            out.taught.update(known)
    if declared is not None and calibrated is not None and calibrated.up is not None:
        level = declared.axis - (declared.axis @ calibrated.up) * calibrated.up
        if (angle := angle_between_deg(level, calibrated.axis)) > 60:
            message = _(
                "The declared front and the forward run of the recording differ by {angle:.0f} degrees: "
                "direction is withheld.",
                angle=angle,
            )
            remedy = _("Check how the device faced, or give only one of --anterior and --calibrate.")
            out.flags.append(Flag("mounting_contradicts_calibration", "error", message, remedy))
            return None
    return declared or calibrated


def _calibrate(
    out: Headings,
    tracks: list[Track],
    evidences: list[Evidence],
    tells: list[bool],
    calibrate: str | tuple[float, float],
    settings: AnalysisSettings,
) -> Anchor | None:
    if calibrate == "first-run":
        long_enough = [t.gait == "run" and t.end_s - t.start_s >= settings.min_calibration_s for t in tracks]
        chosen = [long_enough.index(True)] if any(long_enough) else []
        what = _("the first run")
        remedy = _("Begin the recording with 20 s of forward running, with the device fixed tightly.")
        out.assumptions.append(_("The first running bout is forward because --calibrate first-run says so."))
    elif isinstance(calibrate, tuple):
        low, high = calibrate
        if not 0 <= low < high:
            raise UsageError(f"calibrate {low:g}-{high:g} is no range of seconds", "Give START-END, for example 12-40")
        chosen = [
            k for k, t in enumerate(tracks)
            if min(t.end_s, high) - max(t.start_s, low) >= min(settings.min_calibration_s, 0.8 * (high - low))
        ]  # fmt: skip
        what = _("the time from {low:g} s to {high:g} s", low=low, high=high)
        remedy = _("Name seconds of steady forward running, with the device fixed tightly.")
        out.assumptions.append(
            _("Movement from {low:g} s to {high:g} s is forward because --calibrate says so.", low=low, high=high)
        )
    else:
        raise UsageError(f"allowed for calibrate are 'first-run' and START-END, but got {calibrate!r}")
    chosen = [k for k in chosen if tracks[k].gait == "run"] or chosen
    for k in chosen:
        out.stated[k] = _("you said that {what} is forward", what=what)
    with_evidence = [k for k in chosen if len(evidences[k]) and tells[k]]
    anchor = None
    if with_evidence:
        anchor = anchor_from(
            [evidences[k] for k in with_evidence], [1.0] * len(with_evidence), method="calibration",
            **settings.keywords(anchor_from),
        )  # fmt: skip
    if anchor is None:
        message = _("Forward could not be learnt from {what}: no steady running of {shortest:g} s is found there.",
                    what=what, shortest=settings.min_calibration_s)  # fmt: skip
        out.flags.append(Flag("no_calibration", "error", message, remedy))
    return anchor
