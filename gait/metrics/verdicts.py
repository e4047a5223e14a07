"""What may be said of a comparison, in plain words.

Never a cause, never "no difference" when the interval is wider than the noise, never a word of statistical testing, and
what is known of speed beside every number.
"""

from __future__ import annotations

import math
from collections.abc import Mapping, Sequence
from typing import TYPE_CHECKING

from gait.language import gettext as _
from gait.language import ngettext, spell
from gait.nomenclature import ESTIMATED, QUANTITIES, direction_word, in_words

if TYPE_CHECKING:
    import pandas as pd

    from gait.metrics.compare import Estimate

MATCHED = "speed-matched"
ADJUSTED = "adjusted for speed"
NOT_CONTROLLED = "speed not controlled"
MULTIPLE = 3.0
"""Ratios from here on are told as multiples instead of per cent."""

ADVISED_BOUTS = 3
"""Bouts per direction below which an interval is too wide to be of use."""


def verdict(e: Estimate) -> str:
    """One sentence on one metric."""
    parts = [_finding(e), speed_words(e.speed)]
    if e.metric in ESTIMATED:
        parts.append(_("an estimate, not validated for backward running"))
    return "; ".join(parts) + "."


def speed_words(note: str) -> str:
    """Say what is known of speed."""
    return {
        MATCHED: _("speed-matched"), ADJUSTED: _("adjusted for speed"), NOT_CONTROLLED: _("speed not controlled"),
    }[note]  # fmt: skip


def _finding(e: Estimate) -> str:
    if math.isnan(e.low):
        return _no_interval(e)
    label = in_words(e.metric).label
    if is_open(e):
        return _(
            "{label}: too uncertain to tell whether it differs (95 % interval {low} to {high})",
            label=label, low=percent(e.low), high=percent(e.high),
        )  # fmt: skip
    if e.low <= 1.0 <= e.high:
        return _("{label}: no difference beyond {noise}", label=label, noise=noise(e))
    text = _("{label}: {change} {word} backward", label=label, change=percent(e.ratio, sign=False), word=_word(e))
    if abs(e.backward - e.forward) <= e.model_error:
        return _(
            "{text}, which is within the error of the estimate ({error:g} {unit})",
            text=text, error=e.model_error, unit=in_words(e.metric).unit,
        )  # fmt: skip
    if math.isnan(e.mdc_ratio):
        return _("{text}; fewer than three forward bouts cannot tell the noise between bouts", text=text)
    if beyond_noise(e):
        return _("{text}, beyond {noise}", text=text, noise=noise(e))
    return _("{text}, but within {noise}", text=text, noise=noise(e))


def _word(e: Estimate) -> str:
    time = QUANTITIES[e.metric].unit == "s"
    if e.ratio >= MULTIPLE:
        return _("as long") if time else _("as high")
    if e.ratio >= 1:
        return _("longer") if time else _("higher")
    return _("shorter") if time else _("lower")


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
        return _("the noise between your own forward bouts ({size})", size=size)
    return _("the noise that studies report for this metric ({size})", size=size)


def _no_interval(e: Estimate) -> str:
    if e.n_forward == e.n_backward == 1:
        return _("One bout each: no interval can be given")
    if e.n_backward == 1:
        return _("Only one backward bout: no interval can be given")
    return _("Only one forward bout: no interval can be given")


def percent(ratio: float, *, sign: bool = True) -> str:
    """Write a ratio as a change in per cent, e.g. ``+12.3 %``; threefold and more as a multiple.

    Parameters
    ----------
    ratio : float
        Backward / forward.
    sign : bool
        Whether a plus or minus is written.
    """
    change = 100.0 * (ratio - 1.0)
    if ratio >= MULTIPLE:
        return _("{ratio:.3g} times", ratio=ratio)
    decimals = 0 if abs(change) >= 20 else 1
    text = spell(change, f"+.{decimals}f") if sign else spell(abs(change), f".{decimals}f")
    return f"{text} %".replace("-", "−")


def implausible(e: Estimate, low: float, high: float) -> str:
    """Remark on a ratio outside of what is expected.

    Parameters
    ----------
    e : Estimate
        One metric, backward against forward.
    low, high : float
        Ends of what is expected of the ratio.
    """
    return _(
        "{label}: backward / forward is {ratio:.2f}, outside of {low:g} to {high:g}, which laboratory studies at equal "
        "speed lead to expect. Check directions, speeds and how the device was fixed.",
        label=in_words(e.metric).label, ratio=e.ratio, low=low, high=high,
    )  # fmt: skip


def suspect_label(cadence: Estimate, carry: Estimate) -> str:
    """Remark on a pattern that wrong labels produce.

    Parameters
    ----------
    cadence, carry : Estimate
        Comparison of cadence and of effective contact.
    """
    return _(
        "Cadence is lower ({cadence}) and carrying time longer ({carry}) backward, the reverse of what studies found "
        "at equal speed. First suspect a wrong direction label, then a slower speed backward.",
        cadence=percent(cadence.ratio), carry=percent(carry.ratio),
    )  # fmt: skip


def remarks(bouts: pd.DataFrame, values: pd.DataFrame, withheld: Mapping[str, str], min_steps: int) -> tuple[str, ...]:
    """What makes a comparison weak: bouts and metrics left out, few bouts, one direction before the other.

    Parameters
    ----------
    bouts, values : pandas.DataFrame
        Tables ``bouts`` and ``bout_metrics``.
    withheld : mapping of str to str
        Metrics that may not be compared, with the reason.
    min_steps : int
        Fewest steps of a bout that is compared.
    """
    runs = bouts[bouts["gait"] == "run"]
    out = []
    for reason in dict.fromkeys(withheld.values()):
        labels = ", ".join(in_words(m).label for m in withheld if withheld[m] == reason)
        out.append(_("Not compared, because {reason}: {labels}.", reason=reason, labels=labels))
    if n := int((runs["direction"] == "unknown").sum()):
        out.append(
            ngettext(
                "{n} running bout of unknown direction is left out.",
                "{n} running bouts of unknown direction are left out.", n,
            )
        )  # fmt: skip
    if n := int(((runs["direction"] != "unknown") & (runs["n_steps"] < min_steps)).sum()):
        out.append(
            ngettext(
                "{n} running bout with fewer than {min_steps} steps is left out.",
                "{n} running bouts with fewer than {min_steps} steps are left out.", n, min_steps=min_steps,
            )
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
    """The comparison in one sentence, or why there is none and what to do.

    Parameters
    ----------
    found : sequence of Estimate
        The comparison, the most important metric first.
    bouts : pandas.DataFrame
        Table ``bouts``.
    min_steps : int
        Fewest steps of a bout that is compared.
    simulated : bool
        Whether the sentence must say that the data are simulated.
    """
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
        "from {n_backward} backward and {n} forward bout", "from {n_backward} backward and {n} forward bouts",
        e.n_forward, n_backward=e.n_backward,
    )  # fmt: skip
    speed = {
        MATCHED: _("speed was matched"),
        ADJUSTED: _("adjusted for speed"),
        NOT_CONTROLLED: _("speed was not controlled"),
    }[e.speed]
    ending = _(
        "{backward:.0f} against {forward:.0f} steps per minute, {counts}; {speed}.",
        backward=e.backward, forward=e.forward, counts=counts, speed=speed,
    )  # fmt: skip
    if math.isnan(e.low):
        return _(
            "{backward:.0f} steps per minute backward and {forward:.0f} forward, {counts}. {why}; {speed}.",
            backward=e.backward, forward=e.forward, counts=counts, why=_no_interval(e), speed=speed,
        )  # fmt: skip
    if is_open(e):
        return _("It is too uncertain to tell whether your steps were quicker backward: {ending}", ending=ending)
    if e.low <= 1.0 <= e.high:
        return _(
            "Running backward, your cadence did not differ beyond {noise}: {ending}", noise=noise(e), ending=ending
        )
    change = abs(e.ratio - 1.0)
    finding = _(
        "Running backward, your steps were {size} {word}",
        size=_("about {change:.0f} %", change=100 * change) if change >= 0.01 else _("less than 1 %"),
        word=_("quicker") if e.ratio > 1 else _("slower"),
    )
    if math.isfinite(e.mdc_ratio) and not beyond_noise(e):
        finding = _("{finding}, but within {noise}", finding=finding, noise=noise(e))
    return f"{finding}: {ending}"


def _nothing_compared(bouts: pd.DataFrame, runs: pd.DataFrame, min_steps: int) -> str:
    if not len(bouts):
        return _("No walking or running was found, so there is nothing to compare.")
    if not len(runs):
        return _("Only walking was found ({walks}), so there is no running to compare.", walks=n_bouts(len(bouts)))
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
                "Run at least 20 s at a time.",
                direction=direction_word(direction), steps=n_steps(int(part["n_steps"].max())), min_steps=min_steps,
            )  # fmt: skip
    return _("Forward and backward running was found, but nothing could be measured in both.")


def _only(there: str, missing: str, part: pd.DataFrame, *, n_open: int) -> str:
    text = _(
        "Only {there} running was found ({what}), so there is no {missing} running to compare it with.",
        there=direction_word(there), missing=direction_word(missing), what=_what(part),
    )  # fmt: skip
    if not n_open:
        return text
    return text + " " + ngettext(
        "The direction of {n} further running bout is unknown.",
        "The direction of {n} further running bouts is unknown.", n_open,
    )  # fmt: skip


def _direction_unknown(runs: pd.DataFrame) -> str:
    groups = runs["direction_group"].dropna()
    counts = groups.value_counts()
    if len(counts) >= 2:
        return _(
            "Two groups of bouts travel in opposite directions, {a} in group A and {b} in group B; nothing in the "
            "recording says which is forward.",
            a=n_bouts(int(counts["A"])), b=int(counts["B"]),
        )  # fmt: skip
    if len(counts):
        return _(
            "Running was found ({what}), all in one direction; nothing in the recording says whether it is forward or "
            "backward.",
            what=_what(runs),
        )
    return _(
        "Running was found ({what}), but whether it was forward or backward is unknown, so there is nothing to "
        "compare.",
        what=_what(runs),
    )


def _what(part: pd.DataFrame) -> str:
    """Bouts, steps and cadence in words."""
    text = f"{n_bouts(len(part))}, {n_steps(int(part['n_steps'].sum()))}"
    cadence = part["cadence_spm"].mean()
    return text + (_(", {cadence:.0f} steps per minute", cadence=cadence) if math.isfinite(cadence) else "")


def n_bouts(count: int) -> str:
    """Write a number of bouts."""
    return ngettext("{n} bout", "{n} bouts", count)


def n_steps(count: int) -> str:
    """Write a number of steps."""
    return ngettext("{n} step", "{n} steps", count)
