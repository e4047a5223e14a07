"""The one list of names: every column and metric with label, unit, meaning and caution.

Tables, CSV headers, plots, reports and the glossary all read from here, so one thing has one name everywhere.
"""

from __future__ import annotations

import dataclasses
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any, Literal

import numpy as np
import pandas as pd

from gait.language import gettext as _
from gait.language import spell

Dtype = Literal["int64", "float64", "object", "bool"]


@dataclass(frozen=True)
class Quantity:
    """One column or metric.

    Attributes
    ----------
    name : str
        Column name; the suffix is the unit.
    label : str
        What a runner calls it.
    unit : str
        Unit as printed, ``""`` when there is none.
    dtype : str
        Type of the column; missing numbers are NaN, so counts that may be missing are floats.
    decimals : int
        Decimals worth printing.
    meaning : str
        One sentence for a runner.
    caution : str
        How far to trust it.
    source : str
        Where the definition comes from.
    as_percent : bool
        Whether the value is a share that is printed as a percentage.
    """

    name: str
    label: str
    unit: str = ""
    dtype: Dtype = "float64"
    decimals: int = 2
    meaning: str = ""
    caution: str = ""
    source: str = ""
    as_percent: bool = False


_ALL = [
    Quantity("bout_id", "Bout", dtype="int64", decimals=0, meaning="Number of a continuous stretch of walking or running."),
    Quantity("step_id", "Step", dtype="int64", decimals=0, meaning="Number of a step inside its bout."),
    Quantity("stride_id", "Stride", dtype="int64", decimals=0, meaning="Number of a stride inside its bout."),
    Quantity("start_s", "Start", "s", decimals=2, meaning="Seconds from the first sample of the recording."),
    Quantity("end_s", "End", "s", decimals=2, meaning="Seconds from the first sample; the end itself is not included."),
    Quantity("gait", "Gait", dtype="object", meaning="'run' or 'walk'."),
    Quantity(
        "direction", "Direction", dtype="object",
        meaning="'forward', 'backward' or 'unknown': the way the runner faced against the way of travel.",
        caution="Rests on a label, a declared mounting or a calibration; never on a guess.",
    ),
    Quantity(
        "direction_score", "Direction score", decimals=2,
        meaning="From -1 (all evidence backward) to +1 (all evidence forward).",
        caution="Evidence, not a probability.",
    ),
    Quantity(
        "direction_probability", "Probability of forward", decimals=3,
        meaning="Probability that the bout is forward, by a model fitted on forward running and its reversal in time.",
        caution="Not checked on real backward runners with phones.",
    ),
    Quantity("direction_method", "Direction known from", dtype="object", meaning="'label', 'mounting', 'calibration' or 'none'."),
    Quantity(
        "direction_group", "Group", dtype="object",
        meaning="Bouts of one group travel the same way relative to the device; A and B travel opposite ways.",
    ),
    Quantity("window_id", "Window", dtype="int64", decimals=0, meaning="Number of a piece of a bout; neighbours overlap by half."),
    Quantity("direction_level", "Level evidence", meaning="Cosine between travel and the runner's front, weighted by how strong the braking and pushing is."),
    Quantity("direction_sway", "Sway evidence", meaning="Tenfold correlation of level velocity with vertical acceleration, positive forward, at most 3 in size."),
    Quantity("direction_clear", "Clear", dtype="bool", decimals=0, meaning="The rhythm and the braking and pushing of this piece are strong enough to say anything."),
    Quantity("calibrates", "Calibrates", dtype="bool", decimals=0, meaning="This bout taught which way is forward, so it cannot test it."),
    Quantity("direction_reason", "Why", dtype="object", meaning="One sentence on how the direction was decided or why it was not."),
    Quantity("n_steps", "Steps", dtype="int64", decimals=0, meaning="Steps counted, both feet."),
    Quantity(
        "cadence_spm", "Cadence", "steps/min", decimals=1, meaning="How many steps you take in a minute, both feet.",
        caution="Good to about half a step per minute.", source="harmonic comb, see events/cadence.py",
    ),
    Quantity("cadence_spm_low", "Cadence, low", "steps/min", decimals=1, meaning="Lower end of the 95 % interval."),
    Quantity("cadence_spm_high", "Cadence, high", "steps/min", decimals=1, meaning="Upper end of the 95 % interval."),
    Quantity("speed_ms", "Speed", "m/s", decimals=2, meaning="Mean speed of the bout, from GPS or as you gave it."),
    Quantity("ic_s", "Initial contact", "s", decimals=3, meaning="Time at which the foot begins to carry you."),
    Quantity("tc_s", "Terminal contact", "s", decimals=3, meaning="Time at which the foot stops carrying you."),
    Quantity("next_ic_s", "Next initial contact of the same foot", "s", decimals=3, meaning="End of the stride."),
    Quantity("step_time_s", "Step time", "s", decimals=3, meaning="Time from one foot's landing to the other foot's."),
    Quantity("stride_time_s", "Stride time", "s", decimals=3, meaning="Time from one landing to the next of the same foot."),
    Quantity(
        "t_ce_s", "Carrying time (effective contact)", "s", decimals=3,
        meaning="How long, in each step, you are pushed up with more than your weight.",
        caution="Shorter than the time on the ground; comparable within one session.",
        source="Cavagna, Legramandi & La Torre 2012",
    ),
    Quantity(
        "contact_time_est_s", "Time on the ground (contact time)", "s", decimals=3,
        meaning="Estimated time that a foot is on the ground.",
        caution="An estimate for a whole bout, within about 35 ms; not validated for backward running.",
        source="sine model; bias after Patoz 2021",
    ),
    Quantity(
        "flight_time_est_s", "Time in the air (flight time)", "s", decimals=3,
        meaning="Estimated time between leaving the ground and landing.",
        caution="An estimate for a whole bout, within about 35 ms; not validated for backward running.",
        source="sine model; bias after Patoz 2021",
    ),
    Quantity(
        "flight_share", "Share of free fall", "", decimals=1, as_percent=True,
        meaning="Share of the time in which you are nearly weightless (below 0.3 g).",
        caution="Comparable within one session.",
    ),
    Quantity(
        "kvert_over_m", "Springiness (effective vertical stiffness by mass)", "1/s²", decimals=0,
        meaning="How stiff the bounce is: higher means a quicker, stiffer rebound.",
        caution="Comparable within one session.", source="Cavagna, Legramandi & La Torre 2012",
    ),
    Quantity(
        "peak_vert_g", "Peak landing acceleration, vertical", "g", decimals=2,
        meaning="The largest upward acceleration in a step, gravity included.",
        caution="Compare only within one session, same device, same place. Not a force, not an injury risk.",
    ),
    Quantity(
        "peak_res_g", "Peak landing acceleration, all directions", "g", decimals=2,
        meaning="The largest acceleration in any direction in a step, gravity included.",
        caution="Compare only within one session, same device, same place. Not a force, not an injury risk.",
    ),
    Quantity("p2p_g", "Landing rise (peak to peak)", "g", decimals=2,
             meaning="From the lowest acceleration before landing to the peak after it.",
             caution="Compare only within one session, same device, same place."),
    Quantity("impulse_gs", "Push per step (impulse)", "g·s", decimals=3,
             meaning="How much push above body weight each step gives.", caution="Robust; comparable within one session."),
    Quantity("dyn_load_g", "Shaking per step (dynamic load)", "g", decimals=3,
             meaning="Mean size of the acceleration beyond gravity during a step.",
             caution="A measure of volume, not of harm."),
    Quantity("slope_g_per_s", "Steepness of landing (acceleration slope)", "g/s", decimals=1,
             meaning="How quickly the upward acceleration rises at landing.",
             caution="Relative only; this is not the loading rate of a force plate. Needs 100 readings a second or more."),
    Quantity("p_3_8_hz", "Push power, 3-8 Hz", "g²", decimals=4, meaning="Power of the bounce and push of each step.",
             caution="Within one session only."),
    Quantity("p_9_20_hz", "Shock power, 9-20 Hz", "g²", decimals=4, meaning="Power of the shock that follows a landing.",
             caution="Within one session only."),
    Quantity("vosc_m", "Bounce (vertical oscillation)", "m", decimals=3,
             meaning="How far your trunk moves up and down in each step.", caution="An estimate, within 1 to 2 cm."),
    Quantity("vgrf_peak_bw_est", "Peak push (active peak force)", "body weights", decimals=2,
             meaning="Estimated largest push in mid-stance.",
             caution="An estimate, within about 0.15 body weights forward (Patoz 2022); not validated backward.",
             source="Patoz 2022"),
    Quantity("pta_res_g", "Peak shank acceleration, all directions", "g", decimals=1,
             meaning="The largest shank acceleration in the 75 ms after landing.",
             caution="Shank only, 200 readings a second or more; differences below 1.5 g are noise."),
    Quantity("clipped", "Clipped", dtype="bool", decimals=0, meaning="The sensor reached its limit in this step: peaks are left out."),
    Quantity("metric", "Metric", dtype="object", meaning="Name of the quantity."),
    Quantity("value", "Value", decimals=4, meaning="Mean over bouts (median for peaks inside a bout)."),
    Quantity("low", "Low", decimals=4, meaning="Lower end of the 95 % interval."),
    Quantity("high", "High", decimals=4, meaning="Upper end of the 95 % interval."),
    Quantity("unit", "Unit", dtype="object", meaning="Unit of the value."),
    Quantity("n_bouts", "Bouts", dtype="int64", decimals=0, meaning="Number of bouts behind the value."),
    Quantity("status", "Status", dtype="object", meaning="'measured' or 'estimated' (from a model)."),
    Quantity("low_pass_hz", "Low-pass", "Hz", decimals=0, meaning="Cutoff of the filter before the metric is taken; quicker movement is left out."),
    Quantity("sampled_share_mean", "Share of a peak seen, mean", decimals=2, as_percent=True,
             meaning="Share of a peak as quick as the filter lets through that the readings show on average; slower peaks lose less."),
    Quantity("sampled_share_worst", "Share of a peak seen, worst", decimals=2, as_percent=True,
             meaning="The same where the readings fall most unluckily."),
    Quantity("forward", "Forward", decimals=4, meaning="Mean of the forward bouts."),
    Quantity("backward", "Backward", decimals=4, meaning="Mean of the backward bouts."),
    Quantity("ratio", "Backward / forward", decimals=3, meaning="Backward divided by forward."),
    Quantity("ratio_low", "Ratio, low", decimals=3, meaning="Lower end of the 95 % interval of the ratio."),
    Quantity("ratio_high", "Ratio, high", decimals=3, meaning="Upper end of the 95 % interval of the ratio."),
    Quantity("n_bouts_forward", "Bouts forward", dtype="int64", decimals=0, meaning="Forward bouts compared."),
    Quantity("n_bouts_backward", "Bouts backward", dtype="int64", decimals=0, meaning="Backward bouts compared."),
    Quantity("n_steps_forward", "Steps forward", dtype="int64", decimals=0, meaning="Forward steps behind the comparison."),
    Quantity("n_steps_backward", "Steps backward", dtype="int64", decimals=0, meaning="Backward steps behind the comparison."),
    Quantity("hedges_g", "Hedges' g", decimals=2, meaning="Difference in standard deviations between bouts."),
    Quantity("mdc_ratio", "Smallest change beyond noise", decimals=3,
             meaning="Change beyond which a difference exceeds the noise between your own forward bouts or, where those are too few, the noise that studies report."),
    Quantity("method", "Method", dtype="object", meaning="'paired', 'welch', 'bootstrap', 'adjusted' (for speed) or 'none'."),
    Quantity("verdict", "Verdict", dtype="object", meaning="One sentence."),
    Quantity("time_s", "Time", "s", decimals=2, meaning="Seconds from the first sample."),
    Quantity("low_g", "Lowest", "g", decimals=3, meaning="Lowest vertical acceleration around this time."),
    Quantity("high_g", "Highest", "g", decimals=3, meaning="Highest vertical acceleration around this time."),
    Quantity("phase_pct", "Part of the step", "%", decimals=0, meaning="0 is initial contact, 100 the next one."),
    Quantity("acc_vert_g", "Vertical acceleration", "g", decimals=3, meaning="Upward acceleration, gravity included."),
]  # fmt: skip

QUANTITIES: dict[str, Quantity] = {q.name: q for q in _ALL}


def in_words(name: str) -> Quantity:
    """Return a quantity as it is printed: its words and its unit in the language that is asked for.

    Parameters
    ----------
    name : str
        A key of ``QUANTITIES``.
    """
    quantity = QUANTITIES[name]
    return dataclasses.replace(
        quantity, label=_(quantity.label), unit="%" if quantity.as_percent else _(quantity.unit),
        meaning=_(quantity.meaning), caution=_(quantity.caution),
    )  # fmt: skip


def direction_word(direction: str) -> str:
    """Say a direction."""
    return {"forward": _("forward"), "backward": _("backward"), "unknown": _("unknown")}[direction]


def place_words(placement: str) -> str:
    """Say where a device was worn."""
    return {
        "lower_back": _("lower back"), "waist": _("waist"), "hip": _("hip"), "chest": _("chest"), "pocket": _("pocket"),
        "thigh": _("thigh"), "shank": _("shank"), "foot": _("foot"), "wrist": _("wrist"), "upper_arm": _("upper arm"),
        "hand": _("hand"), "bag": _("bag"), "unknown": _("place on the body not stated"),
    }[placement]  # fmt: skip


def in_figures(name: str, value: float) -> str:
    """Write a finite value with the decimals of its quantity and the decimal mark of the language, without its unit.

    Parameters
    ----------
    name : str
        A key of ``QUANTITIES``.
    value : float
        The value, as the tables have it.
    """
    quantity = QUANTITIES[name]
    return spell(100 * value if quantity.as_percent else value, f".{quantity.decimals}f").replace("-", "−")


STEP_METRICS = (
    "step_time_s", "t_ce_s", "kvert_over_m", "peak_vert_g", "peak_res_g", "p2p_g", "impulse_gs", "dyn_load_g",
    "slope_g_per_s", "pta_res_g",
)  # fmt: skip
# step time is left out: it is cadence once more
BOUT_METRICS = (
    "cadence_spm", *STEP_METRICS[1:], "contact_time_est_s", "flight_time_est_s", "flight_share", "p_3_8_hz", "p_9_20_hz",
    "vosc_m", "vgrf_peak_bw_est",
)  # fmt: skip
PEAKS = ("peak_vert_g", "peak_res_g", "p2p_g", "slope_g_per_s", "pta_res_g", "vgrf_peak_bw_est")
"""Single largest values: what falls between two readings is missed."""
ESTIMATED = ("contact_time_est_s", "flight_time_est_s", "vosc_m", "vgrf_peak_bw_est")
PRIMARY_METRICS = ("cadence_spm", "t_ce_s", "kvert_over_m", "peak_vert_g", "impulse_gs")

TABLES: dict[str, tuple[str, ...]] = {
    "bouts": (
        "bout_id", "start_s", "end_s", "gait", "direction", "direction_score", "direction_probability",
        "direction_method", "direction_group", "direction_reason", "n_steps", "cadence_spm", "cadence_spm_low", "cadence_spm_high", "speed_ms",
    ),
    "direction_windows": (
        "bout_id", "window_id", "direction_level", "direction_sway", "direction_clear", "calibrates", "direction",
    ),
    "steps": ("bout_id", "step_id", "ic_s", "tc_s", *STEP_METRICS, "clipped"),
    "strides": ("bout_id", "stride_id", "ic_s", "next_ic_s", "stride_time_s"),
    "bout_metrics": ("bout_id", "gait", "direction", "metric", "value", "n_steps"),
    "metrics": ("gait", "direction", "metric", "value", "low", "high", "unit", "n_bouts", "n_steps", "status",
                "low_pass_hz", "sampled_share_mean", "sampled_share_worst"),
    "comparison": (
        "metric", "unit", "forward", "backward", "ratio", "ratio_low", "ratio_high", "n_bouts_forward",
        "n_bouts_backward", "n_steps_forward", "n_steps_backward", "hedges_g", "mdc_ratio", "method", "verdict",
    ),
    "cadence": ("bout_id", "time_s", "cadence_spm"),
    "waveforms": ("bout_id", "gait", "direction", "phase_pct", "acc_vert_g"),
    "overview": ("time_s", "low_g", "high_g"),
}  # fmt: skip


def make_table(name: str, columns: Mapping[str, Any] | pd.DataFrame | None = None) -> pd.DataFrame:
    """Make a table of the list, possibly empty, with its columns in order and of the right type.

    Parameters
    ----------
    name : str
        One of ``TABLES``.
    columns : mapping of str to array_like, or pandas.DataFrame, optional
        Values per column, or one for all rows; columns not given are filled with missing values.

    Raises
    ------
    KeyError
        If a column does not belong to the table, or a count, id or truth value that cannot be missing is not given.
    """
    wanted = TABLES[name]
    given: dict[str, Any] = {} if columns is None else {str(name): values for name, values in columns.items()}
    if unknown := set(given) - set(wanted):
        raise KeyError(f"table {name!r} has no column {sorted(unknown)}")
    n = max((len(values) for values in given.values() if np.ndim(values)), default=0)
    out = {}
    for column in wanted:
        dtype = QUANTITIES[column].dtype
        if column in given:
            # the type is given at once, because guessing it costs more than all the rest
            values = np.asarray(given[column], dtype=dtype)
            out[column] = pd.Series(values if values.ndim else np.full(n, values), dtype=dtype)
        elif not n:
            out[column] = pd.Series(dtype=dtype)
        elif dtype == "float64":
            out[column] = pd.Series(float("nan"), index=range(n), dtype=dtype)
        elif dtype == "object":
            out[column] = pd.Series([None] * n, dtype=dtype)
        else:
            raise KeyError(f"table {name!r} needs the column {column!r}")
    return pd.DataFrame(out)
