"""Initial and terminal contacts from the vertical alone, the same rule forward and backward."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

Floats = NDArray[np.float64]


@dataclass(frozen=True)
class Contacts:
    """Contacts of one running bout, one row per step, times from the first sample of the bout.

    Attributes
    ----------
    ic_s : ndarray, shape (steps,)
        Initial contact [s]; the upward crossing of 1 g where the vertical does not fall below the level before it.
    tc_s : ndarray, shape (steps,)
        Terminal contact [s]; NaN where either end of contact is not seen.
    rise_s, fall_s : ndarray, shape (steps,)
        Upward and downward crossing of 1 g of the same step (effective contact, Cavagna) [s]; NaN where missing.
    """

    ic_s: Floats
    tc_s: Floats
    rise_s: Floats
    fall_s: Floats


def find_contacts(
    contact_vertical_g: Floats,
    carry_vertical_g: Floats,
    steps: Floats,
    *,
    rate_hz: float,
    contact_level_g: float,
    min_carry_s: float,
    max_carry_s: float,
) -> Contacts:
    """Find initial and terminal contact of each step of a running bout.

    In flight the centre of mass is in free fall and the vertical specific force of a rigid trunk is 0; on the ground
    it is the ground reaction force by body weight. A low-passed step of that force passes half of its early height
    near the true instant, so a level of 0.5 g marks contact with little bias (cf. Patoz et al. 2022, who threshold a
    low-passed vertical at the sacrum). Each step of the rhythm gives at most one contact: the last upward crossing
    before its mid-stance and the first downward crossing after it. No transient, no braking spike is used, because
    backward running lands on the forefoot and reverses both. Crossings are interpolated linearly between samples.

    Effective contact (Cavagna, Legramandi & La Torre 2012) is the part of the step with more than 1 g.

    Parameters
    ----------
    contact_vertical_g, carry_vertical_g : ndarray, shape (n,)
        Vertical part of the bout, low-passed for contacts and for effective contact [g].
    steps : ndarray, shape (n,)
        Step phase from `gait.events.cadence.follow_steps`; whole numbers are mid-stance.
    rate_hz : float
        Sampling rate [Hz].
    contact_level_g : float
        Level of the contact rule [g].
    min_carry_s, max_carry_s : float
        Effective contacts outside this range are not steps [s].

    Returns
    -------
    Contacts
        May have no rows. Validated forward on one runner only; not validated for backward running.
    """
    time_s = np.arange(len(steps)) / rate_hz
    # rising strictly, and the same for a reversed bout
    rising = (np.maximum.accumulate(steps) + np.minimum.accumulate(steps[::-1])[::-1]) / 2
    whole = np.arange(np.ceil(rising[0] - 0.001), np.floor(rising[-1] + 0.001) + 1)
    middle_s = np.interp(whole, rising, time_s)
    step_s = np.gradient(middle_s) if len(middle_s) > 1 else np.full(len(middle_s), 0.35)
    rise = _last_before(_crossings(carry_vertical_g, 1.0, rate_hz, up=True), middle_s, 0.55 * step_s)
    fall = _first_after(_crossings(carry_vertical_g, 1.0, rate_hz, up=False), middle_s, 0.55 * step_s)
    carry = fall - rise
    ok = (carry >= min_carry_s) & (carry <= max_carry_s)
    rise, fall, step_s = rise[ok], fall[ok], step_s[ok]
    # contact begins before and ends after effective contact
    ic = _last_before(_crossings(contact_vertical_g, contact_level_g, rate_hz, up=True), rise + 0.01, 0.4 * step_s)
    tc = _first_after(_crossings(contact_vertical_g, contact_level_g, rate_hz, up=False), fall - 0.01, 0.4 * step_s)
    # between two grounded steps the vertical may stay above the level: neither end of contact is then known
    level_free = np.isnan(ic)
    tc = np.where(np.isnan(tc) | level_free, np.nan, tc)
    return Contacts(np.where(level_free, rise, ic), tc, rise, fall)


def _crossings(x: Floats, level: float, rate_hz: float, *, up: bool) -> Floats:
    below = x < level
    at = np.flatnonzero(below[:-1] & ~below[1:] if up else ~below[:-1] & below[1:])
    return np.asarray((at + (level - x[at]) / (x[at + 1] - x[at])) / rate_hz)


def _last_before(times: Floats, limit: Floats, reach: Floats) -> Floats:
    padded = np.r_[-np.inf, times]
    last = padded[np.searchsorted(times, limit, side="right")]
    return np.where(limit - last <= reach, last, np.nan)


def _first_after(times: Floats, limit: Floats, reach: Floats) -> Floats:
    padded = np.r_[times, np.inf]
    first = padded[np.searchsorted(times, limit, side="left")]
    return np.where(first - limit <= reach, first, np.nan)
