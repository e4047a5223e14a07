"""What may be said of a comparison, in plain words.

Never a cause, never "no difference" when the interval is wider than the noise, never a word of statistical testing, and
what is known of speed beside every number.
"""

from __future__ import annotations

import math
from collections.abc import Mapping, Sequence
from gettext import gettext as _
from gettext import ngettext
from typing import TYPE_CHECKING

from gait.nomenclature import ESTIMATED, QUANTITIES

if TYPE_CHECKING:
    import pandas as pd

    from gait.metrics.compare import Estimate

MATCHED = "speed-matched"
ADJUSTED = "adjusted for speed"
NOT_CONTROLLED = "speed not controlled"

ADVISED_BOUTS = 3
"""Bouts per direction below which an interval is too wide to be of use."""


def verdict(e: Estimate) -> str:
    """One sentence on one metric."""
    speed = {MATCHED: _("speed-matched"), ADJUSTED: _("adjusted for speed"), NOT_CONTROLLED: _("speed not controlled")}
    parts = [_finding(e), speed[e.speed]]
    if e.metric in ESTIMATED:
        parts.append(_("an estimate, not validated for backward running"))
    return "; ".join(parts) + "."


def _finding(e: Estimate) -> str:
    if math.isnan(e.low):
        return _no_interval(e)
    label = QUANTITIES[e.metric].label
    if is_open(e):
        text = _("{label}: too uncertain to tell whether it differs (95 % interval {low} to {high})")
        return text.format(label=label, low=percent(e.low), high=percent(e.high))
    if e.low <= 1.0 <= e.high:
        return _("{label}: no difference beyond {noise}").format(label=label, noise=noise(e))
    words = (_("longer"), _("shorter")) if QUANTITIES[e.metric].unit == "s" else (_("higher"), _("lower"))
    text = _("{label}: {change} {word} backward").format(
        label=label, change=percent(e.ratio, sign=False), word=words[e.ratio < 1]
    )
    if abs(e.backward - e.forward) <= e.model_error:
        return _("{text}, which is within the error of the estimate ({error:g} {unit})").format(
            text=text, error=e.model_error, unit=QUANTITIES[e.metric].unit
        )
    if math.isnan(e.mdc_ratio):
        return _("{text}; fewer than three forward bouts cannot tell the noise between bouts").format(text=text)
    if beyond_noise(e):
        return _("{text}, beyond {noise}").format(text=text, noise=noise(e))
    return _("{text}, but within {noise}").format(text=text, noise=noise(e))


def is_open(e: Estimate) -> bool:
    """Whether the interval holds both no difference and one beyond the noise, or the noise is unknown."""
    return e.low <= 1.0 <= e.high and not (e.high <= e.mdc_ratio and e.low * e.mdc_ratio >= 1.0)


def beyond_noise(e: Estimate) -> bool:
    """Whether the ratio exceeds a noise that is known."""
    return math.isfinite(e.mdc_ratio) and abs(math.log(e.ratio)) > math.log(e.mdc_ratio)


def noise(e: Estimate) -> str:
    """Name the noise and its size, in the sense of the difference."""
    size = percent(e.mdc_ratio if e.ratio >= 1 else 1.0 / e.mdc_ratio, sign=False)
    if e.own_mdc:
        return _("the noise between your own forward bouts ({size})").format(size=size)
    return _("the noise that studies report for this metric ({size})").format(size=size)


def _no_interval(e: Estimate) -> str:
    if e.n_forward == e.n_backward == 1:
        return _("One bout each: no interval can be given")
    if e.n_backward == 1:
        return _("Only one backward bout: no interval can be given")
    return _("Only one forward bout: no interval can be given")


def percent(ratio: float, *, sign: bool = True) -> str:
    """Write a ratio as a change in per cent, e.g. ``+12.3 %``; threefold and more as a multiple."""
    change = 100.0 * (ratio - 1.0)
    if change >= 200:
        return _("{ratio:.3g} times").format(ratio=ratio)
    decimals = 0 if abs(change) >= 20 else 1
    text = f"{change:+.{decimals}f} %" if sign else f"{abs(change):.{decimals}f} %"
    return text.replace("-", "−")


def implausible(e: Estimate, low: float, high: float) -> str:
    """Remark on a ratio outside of what is expected."""
    return _(
        "{label}: backward / forward is {ratio:.2f}, outside of {low:g} to {high:g}, which laboratory studies at equal "
        "speed lead to expect. Check directions, speeds and how the device was fixed."
    ).format(label=QUANTITIES[e.metric].label, ratio=e.ratio, low=low, high=high)


def suspect_label(cadence: Estimate, carry: Estimate) -> str:
    """Remark on a pattern that wrong labels produce."""
    return _(
        "Cadence is lower ({cadence}) and carrying time longer ({carry}) backward, the reverse of what studies found "
        "at equal speed. First suspect a wrong direction label, then a slower speed backward."
    ).format(cadence=percent(cadence.ratio), carry=percent(carry.ratio))


def remarks(bouts: pd.DataFrame, values: pd.DataFrame, withheld: Mapping[str, str], min_steps: int) -> tuple[str, ...]:
    """What makes a comparison weak: bouts and metrics left out, few bouts, one direction before the other."""
    runs = bouts[bouts["gait"] == "run"]
    out = []
    for reason in dict.fromkeys(withheld.values()):
        labels = ", ".join(QUANTITIES[m].label for m in withheld if withheld[m] == reason)
        out.append(_("Not compared, because {reason}: {labels}.").format(reason=reason, labels=labels))
    if n := int((runs["direction"] == "unknown").sum()):
        out.append(
            ngettext(
                "{n} running bout of unknown direction is left out.",
                "{n} running bouts of unknown direction are left out.", n,
            ).format(n=n)
        )  # fmt: skip
    if n := int(((runs["direction"] != "unknown") & (runs["n_steps"] < min_steps)).sum()):
        out.append(
            ngettext(
                "{n} running bout with fewer than {min_steps} steps is left out.",
                "{n} running bouts with fewer than {min_steps} steps are left out.", n,
            ).format(n=n, min_steps=min_steps)
        )  # fmt: skip
    start = values.drop_duplicates("bout_id").groupby("direction")["start_s"].agg(["min", "max", "size"])
    if len(start) == 2:
        ahead, back = start.loc["forward"], start.loc["backward"]
        if min(ahead["size"], back["size"]) < ADVISED_BOUTS:
            out.append(_("Few bouts make wide intervals: run three to six bouts of 20 s or more each way."))
        if ahead["max"] < back["min"] or back["max"] < ahead["min"]:
            out.append(
                _(
                    "One direction was run before the other, so warming up or tiring may be part of the difference. "
                    "Alternate them next time."
                )
            )
    return tuple(out)


def headline(found: Sequence[Estimate], bouts: pd.DataFrame, min_steps: int, *, simulated: bool) -> str:
    """The comparison in one sentence, or why there is none and what to do."""
    runs = bouts[bouts["gait"] == "run"]
    if not found:
        text = _nothing_compared(bouts, runs, min_steps)
    elif found[0].metric == "cadence_spm":
        text = _cadence_headline(found[0])
    else:
        text = verdict(found[0])
    return f"{text} {_('Simulated data.')}" if simulated else text


def _cadence_headline(e: Estimate) -> str:
    counts = ngettext(
        "from {n_backward} backward and {n} forward bout",
        "from {n_backward} backward and {n} forward bouts",
        e.n_forward,
    ).format(n_backward=e.n_backward, n=e.n_forward)
    speed = {
        MATCHED: _("speed was matched"),
        ADJUSTED: _("adjusted for speed"),
        NOT_CONTROLLED: _("speed was not controlled"),
    }[e.speed]
    ending = _("{backward:.0f} against {forward:.0f} steps per minute, {counts}; {speed}.").format(
        backward=e.backward, forward=e.forward, counts=counts, speed=speed
    )
    if math.isnan(e.low):
        return _(
            "{backward:.0f} steps per minute backward and {forward:.0f} forward, {counts}. {why}; {speed}."
        ).format(backward=e.backward, forward=e.forward, counts=counts, why=_no_interval(e), speed=speed)
    if is_open(e):
        return _("It is too uncertain to tell whether your steps were quicker backward: {ending}").format(ending=ending)
    if e.low <= 1.0 <= e.high:
        return _("Running backward, your cadence did not differ beyond {noise}: {ending}").format(
            noise=noise(e), ending=ending
        )
    change = abs(e.ratio - 1.0)
    finding = _("Running backward, your steps were {size} {word}").format(
        size=_("about {change:.0f} %").format(change=100 * change) if change >= 0.01 else _("less than 1 %"),
        word=_("quicker") if e.ratio > 1 else _("slower"),
    )
    if math.isfinite(e.mdc_ratio) and not beyond_noise(e):
        finding = _("{finding}, but within {noise}").format(finding=finding, noise=noise(e))
    return f"{finding}: {ending}"


def _nothing_compared(bouts: pd.DataFrame, runs: pd.DataFrame, min_steps: int) -> str:
    if not len(bouts):
        return _("No walking or running was found, so there is nothing to compare.")
    if not len(runs):
        walks = _n_bouts(len(bouts))
        return _("Only walking was found ({walks}), so there is no running to compare.").format(walks=walks)
    known = {d: runs[runs["direction"] == d] for d in ("forward", "backward")}
    if not any(map(len, known.values())):
        return _direction_unknown(runs)
    for there, missing in (("forward", "backward"), ("backward", "forward")):
        if not len(known[missing]):
            return _only(there, missing, known[there], n_open=int((runs["direction"] == "unknown").sum()))
    for direction, part in known.items():
        if (part["n_steps"] < min_steps).all():
            return _(
                "The {direction} running is too short to compare: {steps} in its longest bout, {min_steps} are needed. "
                "Run at least 20 s at a time."
            ).format(direction=_word(direction), steps=_n_steps(int(part["n_steps"].max())), min_steps=min_steps)
    return _("Forward and backward running was found, but nothing could be measured in both.")


def _only(there: str, missing: str, part: pd.DataFrame, *, n_open: int) -> str:
    text = _("Only {there} running was found ({what}), so there is no {missing} running to compare it with.").format(
        there=_word(there), missing=_word(missing), what=_what(part)
    )
    if not n_open:
        return text
    return text + " " + ngettext(
        "The direction of {n} further running bout is unknown.",
        "The direction of {n} further running bouts is unknown.", n_open,
    ).format(n=n_open)  # fmt: skip


def _direction_unknown(runs: pd.DataFrame) -> str:
    groups = runs["direction_group"].dropna()
    counts = groups.value_counts()
    if len(counts) >= 2:
        return _(
            "Two groups of bouts travel in opposite directions, {a} in group A and {b} in group B; nothing in the "
            "recording says which is forward. Say which group was backward, or start the next recording with 20 s of "
            "forward running."
        ).format(a=_n_bouts(int(counts["A"])), b=int(counts["B"]))
    if len(counts):
        return _(
            "Running was found ({what}), all in one direction; nothing in the recording says whether it is forward or "
            "backward. Say how the device faced, or start the next recording with 20 s of forward running."
        ).format(what=_what(runs))
    return _(
        "Running was found ({what}), but whether it was forward or backward is unknown, so there is nothing to compare."
    ).format(what=_what(runs))


def _what(part: pd.DataFrame) -> str:
    """Bouts, steps and cadence in words."""
    text = f"{_n_bouts(len(part))}, {_n_steps(int(part['n_steps'].sum()))}"
    cadence = part["cadence_spm"].mean()
    return text + (_(", {cadence:.0f} steps per minute").format(cadence=cadence) if math.isfinite(cadence) else "")


def _word(direction: str) -> str:
    return {"forward": _("forward"), "backward": _("backward")}[direction]


def _n_bouts(n: int) -> str:
    return ngettext("{n} bout", "{n} bouts", n).format(n=n)


def _n_steps(n: int) -> str:
    return ngettext("{n} step", "{n} steps", n).format(n=n)
