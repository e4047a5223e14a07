"""Every threshold of the analysis, with its unit in the name and its source beside it."""

from __future__ import annotations

import inspect
from collections.abc import Callable
from dataclasses import dataclass
from functools import cache
from typing import Any

FILTERED = {
    "rhythm_low_pass_hz": ("cadence_spm", "vosc_m"),
    "carry_low_pass_hz": ("t_ce_s", "kvert_over_m", "impulse_gs", "flight_share", "vgrf_peak_bw_est"),
    "contact_low_pass_hz": ("contact_time_est_s", "flight_time_est_s"),
    "impact_low_pass_hz": ("peak_vert_g", "p2p_g", "dyn_load_g", "slope_g_per_s"),
}
"""Which low-pass goes before which metric."""


@dataclass(frozen=True)
class AnalysisSettings:
    """Thresholds of the analysis. Change one with ``dataclasses.replace``.

    "Fitted" means chosen on development recordings of SisFall (belt), MotionSense and UMAFall (pocket, wrist, chest,
    ankle), adeptdata (hip), Oxford (walking steps) and Alcantara (sacrum, treadmill), all forward running or its
    reversal in time; see ``benchmarks/accuracy``. "Judgement" means that no source gives the number: it is ours, with
    the reason beside it, and the scores of ``benchmarks/accuracy`` are taken with it.

    Attributes
    ----------
    max_gap_s : float
        Intervals between samples above this split the recording [s]; judgement: longer than a stride, so that no
        step is made up.
    min_piece_s : float
        Shorter uniform pieces are ignored [s]; judgement: two strides of walking.
    max_repeated_share : float
        Share of repeated rows above which they are held values; measured: merged-row exports repeat 48 to 97 %.
    rhythm_low_pass_hz : float
        Low-pass for gate, cadence and direction [Hz]: judgement: the step line, at most 3.9 Hz, and its
        second harmonic lie below.
    rhythm_rate_hz : float
        Gate, cadence and direction work at the lowest whole fraction of the rate that is not below this [Hz];
        judgement: the rate that contacts need, while cadence and direction need 20 Hz.
    up_window_s : float
        Mean that gives the vertical inside bouts [s]; judgement: some twenty steps, over which a body's own
        acceleration averages out (Mizell 2003) and a belt hardly slips.
    gate_window_s, gate_hop_s : float
        Windows of the gate [s]; fitted.
    gate_up_window_s : float
        Mean that gives the vertical before bouts are known [s]; judgement: the length of a window of the gate.
    still_sd_g : float
        Standard deviation of the magnitude at the border of rest and movement [g]; fitted, walking in the hand shows
        0.08 g, standing below 0.05 g.
    min_periodicity : float
        Autocorrelation at the border of gait and other movement; fitted.
    switch_cost : float
        Cost of a change of gait from one window to the next, in natural logarithms; fitted.
    edge_window_s, edge_search_s : float
        Moving standard deviation for the edges of bouts, and how far an edge may move [s]; judgement: a step, and
        somewhat more than half of a window of the gate.
    min_bout_s, min_walk_s : float
        Shorter bouts of running and walking are not reported [s]; judgement: eight steps of either.
    min_walk_periodicity : float
        Median periodicity that a walk needs; fitted: a car on a rough road reaches 0.5, walks 0.58 and more.
    max_unsteadiness_walk, max_unsteadiness_run : float
        Largest spread of the momentary cadence by its mean; fitted: walks 0.01 to 0.09, noise mostly above 0.1.
    max_join_s : float
        Bouts of one gait separated by less are one bout [s]; judgement: a stumble or a turn, not a rest.
    cadence_window_s, cadence_hop_s : float
        Windows of the comb [s]; judgement: eight strides of running, and four windows on each of them.
    run_stride_hz, walk_stride_hz : tuple of float
        Range of stride frequencies [Hz]: 126 to 234 and 72 to 138 steps/min; judgement, wider than the cadences of
        all recordings used.
    cadence_trim_s : float
        Ends of a bout left out of its mean cadence [s]; judgement: speeding up and slowing down.
    cadence_floor_spm : float
        Smallest half width of a cadence interval [steps/min]; judgement: twice the comb's error on a hip, 0.21
        steps/min in 102 windows.
    max_cadence_conflict : float
        Share by which the counted cadence may differ from the comb's before it is withheld; judgement.
    min_bounce_m : float
        Smallest amplitude of the movement that belongs to amplitude and cadence of a bout [m]; fitted: the weakest
        walk (in the hand) moves by 1.2 cm, skiing by 0.6 to 1.0 cm.
    min_bounce_without_gravity_m : float
        The same for the main direction of movement, where the vertical is unknown [m]; fitted.
    min_travel : float
        Length of the quadrature vector on the trunk below which a run may be jumping or running on the spot; fitted:
        runs show 0.15 and more, jumping 0.07.
    min_step_strength : float
        Share of the typical strength of the step line below which a step is not counted (short stops); fitted.
    direction_window_s : float
        Windows of direction [s]; judgement: some ten steps, so that the step line is clear of its neighbours.
    min_direction_windows : int
        Windows aimed at in short bouts; fewest clear windows is one less; judgement.
    max_gps_gap_s : float
        Bouts further apart are not compared by satellite course and gyroscope [s]: a phone's gyroscope drifts by
        some degrees a minute; judgement.
    direction_trim_s : float
        Ends of a bout left out of direction [s]; judgement: speeding up and slowing down.
    swing_drift_hz : float
        Slower changes of the gyroscope's angle are drift [Hz]; judgement: half of the slowest stride.
    min_quadrature : float
        Smallest length of the quadrature vector; fitted: 0.15 to 0.5 in runs on the trunk, 0.05 in the pocket.
    min_line_share : float
        Smallest share of the vertical's power in the step line; fitted.
    min_score : float
        Smallest size of D; judgement: travel within 60 degrees of the front.
    min_agreement : float
        Share of windows that must agree; judgement: three of four.
    min_gait_logit : float
        Log odds of the bout's gait that a direction needs, because a walk taken for a run comes out inverted; fitted:
        on development recordings walks lie below -1.87 and runs above 2.4 on the trunk.
    min_irreversibility : float
        Size of the asymmetry in time at foot or shank that is worth a warning; fitted: 0.4 to 0.9 in eight
        recordings of one walker's feet, 0.1 to 0.4 at the ankles of five joggers.
    min_strides, min_stride_m, min_stride_agreement : int, float, float
        Fewest strides of the foot, shortest stride [m], and share of strides that must agree; judgement, checked on
        eight recordings of one person (toe and heel).
    min_probability : float
        Smallest probability of a named direction, from the fitted model; judgement: at most one in twenty wrong.
    max_tilt_deg : float
        Largest movement of gravity in the device's frame since calibration [degrees]; judgement: more than bodies lean
        between slow and fast, less than a phone that turned over in its belt.
    min_calibration_s : float
        Shortest stretch that calibrates [s]; judgement: two windows of direction.
    carry_low_pass_hz : float
        Low-pass for effective contact, impulse and stiffness [Hz]; judgement, the effective contact itself is that
        of Cavagna 2012.
    contact_low_pass_hz, contact_level_g : float
        Low-pass [Hz] and level [g] of the contact rule; fitted on one runner (Alcantara).
    max_step_time_ratio : float
        A step time of more medians than this holds a step that was not found; judgement: a missed one gives 2.
    min_carry_s, max_carry_s : float
        Range of effective contact [s]; judgement: far beyond the means of Cavagna 2012, 0.141 and 0.167 s.
    min_event_rate_hz, min_slope_rate_hz, min_tibial_rate_hz, min_direction_rate_hz, min_cadence_rate_hz : float
        Lowest true sampling rates [Hz]; judgement from how much of a sine's peak sampling keeps: of 10 Hz 0.76 at 25 Hz
        and 0.94 at 50 Hz, of 20 Hz 0.94 at 100 Hz; tibial peaks of 19 runners read 0.5 to 1.4 g low at 102 Hz.
    peak_margin_s : float
        Peaks are searched in effective contact and this much on either side [s]: a window from initial contact alone
        would look at the landing of a forward and at the take-off of a reversed step. Judgement.
    trough_margin_s : float
        Further margin in which the lowest value before or after the peak is searched [s]; judgement.
    impact_low_pass_hz : float
        Low-pass of vertical peak, slope and dynamic load [Hz]; judgement: at a hip 0.89 of the raw peak remains, and
        the ratio to the raw peak is nearly the same from step to step (r = 0.98, 2477 steps).
    resultant_low_pass_hz, resultant_low_pass_share : float
        Low-pass of the resultant peak: the smaller of this [Hz] and this share of the rate; judgement, below
        half of the rate.
    min_steps_per_bout : int
        Fewest steps of a bout that enters metrics by direction and the comparison; judgement.
    max_clipped_share : float
        Share of clipped steps above which peaks are withheld; judgement.
    contact_model_error_s : float
        Error band of estimated contact and flight time [s] (Patoz 2021).
    """

    max_gap_s: float = 1.0
    min_piece_s: float = 2.0
    max_repeated_share: float = 0.05
    rhythm_low_pass_hz: float = 10.0
    rhythm_rate_hz: float = 50.0
    up_window_s: float = 10.0
    gate_window_s: float = 4.0
    gate_hop_s: float = 0.5
    gate_up_window_s: float = 4.0
    still_sd_g: float = 0.06
    min_periodicity: float = 0.35
    switch_cost: float = 5.0
    edge_window_s: float = 0.4
    edge_search_s: float = 2.5
    min_bout_s: float = 3.0
    min_walk_s: float = 5.0
    min_walk_periodicity: float = 0.5
    max_unsteadiness_walk: float = 0.12
    max_unsteadiness_run: float = 0.15
    max_join_s: float = 2.0
    cadence_window_s: float = 6.0
    cadence_hop_s: float = 1.5
    run_stride_hz: tuple[float, float] = (1.05, 1.95)
    walk_stride_hz: tuple[float, float] = (0.6, 1.15)
    cadence_trim_s: float = 2.0
    cadence_floor_spm: float = 0.5
    max_cadence_conflict: float = 0.12
    min_bounce_m: float = 0.0105
    min_bounce_without_gravity_m: float = 0.017
    min_travel: float = 0.11
    min_step_strength: float = 0.2
    direction_window_s: float = 5.0
    min_direction_windows: int = 4
    max_gps_gap_s: float = 180.0
    direction_trim_s: float = 1.0
    swing_drift_hz: float = 0.3
    min_quadrature: float = 0.02
    min_line_share: float = 0.10
    min_score: float = 0.5
    min_agreement: float = 0.75
    min_gait_logit: float = 1.8
    min_irreversibility: float = 0.2
    min_strides: int = 5
    min_stride_m: float = 0.2
    min_stride_agreement: float = 0.9
    min_probability: float = 0.95
    max_tilt_deg: float = 25.0
    min_calibration_s: float = 8.0
    carry_low_pass_hz: float = 10.0
    contact_low_pass_hz: float = 14.0
    contact_level_g: float = 0.5
    max_step_time_ratio: float = 1.6
    min_carry_s: float = 0.08
    max_carry_s: float = 0.40
    min_event_rate_hz: float = 49.0
    min_slope_rate_hz: float = 99.0
    min_tibial_rate_hz: float = 199.0
    min_direction_rate_hz: float = 19.5
    min_cadence_rate_hz: float = 15.0
    peak_margin_s: float = 0.06
    trough_margin_s: float = 0.10
    impact_low_pass_hz: float = 20.0
    resultant_low_pass_hz: float = 60.0
    resultant_low_pass_share: float = 0.4
    min_steps_per_bout: int = 20
    max_clipped_share: float = 0.05
    contact_model_error_s: float = 0.035

    def low_pass_hz(self, metric: str, rate_hz: float) -> float:
        """Cutoff of the low-pass before a metric is taken, NaN where there is none [Hz].

        Parameters
        ----------
        metric : str
            A key of ``nomenclature.QUANTITIES``.
        rate_hz : float
            True readings per second [Hz].
        """
        if metric in ("peak_res_g", "pta_res_g"):
            return min(self.resultant_low_pass_hz, self.resultant_low_pass_share * rate_hz)
        cutoff = next((name for name, metrics in FILTERED.items() if metric in metrics), None)
        return float("nan") if cutoff is None else float(getattr(self, cutoff))

    def keywords(self, function: Callable[..., Any]) -> dict[str, Any]:
        """The settings that `function` takes as keywords, by name; science functions never see the object itself."""
        return {name: getattr(self, name) for name in _parameters(function) if hasattr(self, name)}


@cache
def _parameters(function: Callable[..., Any]) -> tuple[str, ...]:
    return tuple(inspect.signature(function).parameters)
