"""Which way the runner faced in each bout, by order of authority.

label > declared mounting > calibration in the recording > opposite groups A/B > unknown. Never a guess.
"""

from __future__ import annotations

import numpy as np
import pandas as pd

from gait.errors import UsageError
from gait.events.direction import Verdict, judge, opposite_groups
from gait.events.foot import judge_strides
from gait.events.travel import Evidence, clear_windows, direction_features
from gait.front import Calibration, Headings, find_front
from gait.language import gettext as _
from gait.language import ngettext
from gait.nomenclature import direction_word, place_words
from gait.recording import Flag
from gait.settings import AnalysisSettings
from gait.signal.body import TRUNK
from gait.stages import Track, direction_evidence
from gait.witnesses import asymmetry_hint, satellite_vote

WALK_TELLS = (*TRUNK, "foot")
"""Placements where walking shows a direction. In the pocket the thigh swings against the walk's inverted pendulum: its
sign is not dependable for all people."""


def find_headings(
    tracks: list[Track],
    *,
    placement: str,
    anterior: str | None,
    refusal: str,
    calibrate: Calibration,
    labels: pd.DataFrame | None,
    backward_group: str | None,
    fixes: pd.DataFrame | None,
    settings: AnalysisSettings,
) -> Headings:
    """Decide the direction of all bouts.

    Parameters
    ----------
    tracks : list of Track
        The bouts.
    placement : str
        Where the device was worn.
    anterior : str or None
        Declared device axis to the runner's front.
    refusal : str
        Why nothing but labels may decide here, "" when evidence may be used.
    calibrate : "first-run", (start_s, end_s) or None
        Known forward running.
    labels : pandas.DataFrame or None
        Columns ``start_s``, ``end_s``, ``direction``.
    backward_group : {"A", "B"} or None
        Which of two opposite groups was backward.
    fixes : pandas.DataFrame or None
        Satellite speed and course, see ``Recording.speed``.
    settings : AnalysisSettings
        Thresholds.

    Raises
    ------
    UsageError
        When `calibrate` or `backward_group` cannot be met by this recording's bouts.
    """
    labelled = [_label(track, labels) for track in tracks]
    out = Headings(
        [Verdict("unknown", np.nan, np.nan, refusal or _("nothing tells which way the device faced"))] * len(tracks),
        ["none"] * len(tracks),
        [None] * len(tracks),
    )
    if labels is not None:
        out.assumptions.append(
            ngettext("The direction of {n} bout is as labelled by you.",
                     "The directions of {n} bouts are as labelled by you.", len(tracks) - labelled.count(None))
        )  # fmt: skip
    if refusal:
        _say_refused(out, tracks, refusal, asked=bool(anterior or calibrate or backward_group))
    else:
        _use_evidence(out, tracks, labelled, placement, anterior, calibrate, backward_group, settings)
    for k, word in enumerate(labelled):
        if word is not None:
            _apply_label(out, k, word, tracks[k])
    words = [v.direction for v in out.verdicts]
    out.flags.extend(satellite_vote(tracks, words, fixes, settings=settings))
    out.flags.extend(asymmetry_hint(tracks, words, placement=placement, settings=settings))
    return out


def _use_evidence(
    out: Headings,
    tracks: list[Track],
    labelled: list[str | None],
    placement: str,
    anterior: str | None,
    calibrate: Calibration,
    backward_group: str | None,
    settings: AnalysisSettings,
) -> None:
    evidences = [direction_evidence(track, placement=placement, settings=settings) for track in tracks]
    stays = [_on_the_spot(*each, placement, settings) for each in zip(tracks, evidences, strict=True)]
    _flag_no_travel(out, [track for track, still in zip(tracks, stays, strict=True) if still])
    clear = [_clear_gait(track, placement, settings) for track in tracks]
    tells = [gait and not still for gait, still in zip(clear, stays, strict=True)]
    rules = settings.keywords(judge) | {"min_clear_windows": settings.min_direction_windows - 1}
    rules["model"] = "trunk" if placement in TRUNK else "pocket"
    usable = [placement in WALK_TELLS or track.gait == "run" for track in tracks]
    grouped = [k for k, use in enumerate(usable) if use and not stays[k]]
    groups = opposite_groups(
        [evidences[k] for k in grouped],
        **settings.keywords(opposite_groups),
        min_clear_windows=rules["min_clear_windows"],
    )
    for k, group in zip(grouped, groups, strict=True):
        out.groups[k] = group
    anchor = find_front(out, tracks, evidences, tells, labelled, placement, anterior, calibrate, settings)
    for k, evidence in enumerate(evidences):
        if not usable[k]:
            reason = _("walking does not show a direction where it is not known how the device was worn")
            if placement != "unknown":
                reason = _("walking does not show a direction at the {where}", where=place_words(placement))
            out.verdicts[k] = Verdict("unknown", np.nan, np.nan, reason)
        elif stays[k]:
            reason = _("the bout bounces like running but shows almost no braking and pushing")
            out.verdicts[k] = Verdict("unknown", np.nan, np.nan, reason)
        elif anchor is not None and not clear[k]:
            reason = _(
                "it is not clear whether this is walking or running, and the two have opposite signs of direction"
            )
            out.verdicts[k], out.methods[k] = Verdict("unknown", np.nan, np.nan, reason), anchor.method
        elif anchor is not None and placement == "foot":
            out.verdicts[k] = judge_strides(evidence, anchor, **settings.keywords(judge_strides))
            out.methods[k] = anchor.method
        elif anchor is not None:
            out.verdicts[k], out.methods[k] = judge(evidence, anchor, **rules), anchor.method
            clear_ones = clear_windows(evidence, **settings.keywords(clear_windows))
            out.windows[k] = direction_features(evidence, anchor.axis), clear_ones
        if k in out.stated and (anchor is None or anchor.method == "calibration"):
            seen = out.verdicts[k]
            out.verdicts[k] = Verdict("forward", seen.score, seen.probability, out.stated[k])
            out.methods[k] = "calibration"
    if anchor is None and not out.stated:
        _use_groups(out, tracks, backward_group)
    elif anchor is not None and anchor.method == "calibration":
        _check_end(out, tracks)


def _clear_gait(track: Track, placement: str, settings: AnalysisSettings) -> bool:
    """Whether amplitude, free fall and cadence of the whole bout agree with its gait beyond doubt.

    At the foot it does not matter: strides are followed in space, whatever the gait.
    """
    if placement == "foot":
        return True
    return track.run_logit * (1.0 if track.gait == "run" else -1.0) >= settings.min_gait_logit


def _on_the_spot(track: Track, evidence: Evidence, placement: str, settings: AnalysisSettings) -> bool:
    """Whether a bout bounces like running but lacks the braking and pushing of travel: it has no direction."""
    if placement not in (*TRUNK, "unknown") or track.gait != "run" or not len(evidence):
        return False
    return bool(np.median(np.linalg.norm(evidence.travel, axis=1)) < settings.min_travel)


def _flag_no_travel(out: Headings, on_the_spot: list[Track]) -> None:
    if on_the_spot:
        message = ngettext(
            "{n} bout (at {first:.0f} s) bounces like running but shows almost no braking and pushing: this may be "
            "jumping or running on the spot, and no direction is read from it.",
            "{n} bouts (the first at {first:.0f} s) bounce like running but show almost no braking and pushing: this "
            "may be jumping or running on the spot, and no direction is read from them.", len(on_the_spot),
            first=on_the_spot[0].start_s,
        )  # fmt: skip
        remedy = _("If you did not run there, do not use the numbers of these bouts.")
        out.flags.append(Flag("no_travel", "warning", message, remedy))


def _use_groups(out: Headings, tracks: list[Track], backward_group: str | None) -> None:
    running = {g for g, t in zip(out.groups, tracks, strict=True) if g and t.gait == "run"}
    resolve = _(
        "Say how the device faced (--anterior), begin with 20 s of forward running and say --calibrate first-run, or "
        "label bouts (--labels)."
    )
    if backward_group is not None:
        if "B" not in out.groups:
            raise UsageError(
                _(
                    "there are no two opposite groups of bouts, so group {group} cannot be named backward",
                    group=backward_group,
                ),
                resolve,
            )
        out.assumptions.append(_("Group {group} is backward because --backward-group says so.", group=backward_group))
        for k, group in enumerate(out.groups):
            if group is not None:
                word = "backward" if group == backward_group else "forward"
                score = 1.0 if word == "forward" else -1.0
                reason = _("you said that group {group} was backward", group=backward_group)
                out.verdicts[k] = Verdict(word, score, np.nan, reason)
                out.methods[k] = "label"
    elif running == {"A", "B"}:
        for k, group in enumerate(out.groups):
            if group is not None:
                reason = _("group {group}; nothing tells which group is forward", group=group)
                out.verdicts[k] = Verdict("unknown", np.nan, np.nan, reason)
        message = _(
            "Two groups of bouts, A and B, travel in opposite directions; nothing in the recording says which is "
            "forward."
        )
        remedy = _(
            "Say which was backward (--backward-group A or --backward-group B). Next time start with 20 s of "
            "forward running."
        )
        out.flags.append(Flag("direction_unknown", "warning", message, remedy))
    elif any(t.gait == "run" for t in tracks):
        message = _("Nothing tells which way the runner faced: direction stays unknown.")
        out.flags.append(Flag("direction_unknown", "warning", message, resolve))


def _check_end(out: Headings, tracks: list[Track]) -> None:
    runs = [k for k, t in enumerate(tracks) if t.gait == "run"]
    backward = [k for k in runs if out.verdicts[k].direction == "backward"]
    if backward and out.verdicts[runs[-1]].direction != "forward":
        message = _(
            "The recording does not end with forward running, so a device that turned round on the way would "
            "look like running backward."
        )
        remedy = _("End the next recording with 10 s of forward running.")
        out.flags.append(Flag("no_forward_recheck", "info", message, remedy))


def _say_refused(out: Headings, tracks: list[Track], refusal: str, *, asked: bool) -> None:
    if any(t.gait == "run" for t in tracks) or asked:
        message = _("Direction is withheld: {reason}.", reason=refusal)
        remedy = _("Label the bouts (--labels), or wear the device at the back or side of the pelvis.")
        out.flags.append(Flag("direction_withheld", "warning" if asked else "info", message, remedy))


def _label(track: Track, labels: pd.DataFrame | None) -> str | None:
    """The label that covers at least half of the bout."""
    if labels is None:
        return None
    shared = np.minimum(labels["end_s"], track.end_s) - np.maximum(labels["start_s"], track.start_s)
    cover = pd.Series(np.maximum(shared, 0.0)).groupby(labels["direction"]).sum()
    if not len(cover) or cover.max() < 0.5 * (track.end_s - track.start_s):
        return None
    return str(cover.idxmax())


def _apply_label(out: Headings, k: int, word: str, track: Track) -> None:
    seen = out.verdicts[k]
    if {seen.direction, word} == {"forward", "backward"} and out.methods[k] in ("mounting", "calibration"):
        message = _(
            "The bout at {start:.0f} s is labelled {label}, but the sensor says {seen}.",
            start=track.start_s,
            label=direction_word(word),
            seen=direction_word(seen.direction),
        )
        remedy = _("Check the times of your labels and how the device faced; the label was kept.")
        out.flags.append(Flag("label_disagrees", "warning", message, remedy))
    out.verdicts[k] = Verdict(word, seen.score, seen.probability, _("as you labelled it"))
    out.methods[k] = "label"
