"""What each rule costs and buys, by leaving it out: ``python benchmarks/accuracy/ablations.py ../shared/recordings``.

Prints two tables: what changes on recordings of people, and on recordings that ought to be refused, which are made in
code (``made_up.py``): movement that is no gait, and running that hides its direction; 40 of each kind.
"""

from __future__ import annotations

import dataclasses
import functools
import sys
from collections.abc import Callable, Iterator
from contextlib import AbstractContextManager, contextmanager, nullcontext
from pathlib import Path
from unittest import mock

import made_up
import pandas as pd
from run import Case, direction_counts, markdown, read_cases, run

import gait
from gait import heading, stages
from gait.events import bouts
from gait.events.direction import Anchor, Verdict
from gait.events.travel import Evidence
from gait.settings import AnalysisSettings

Change = Callable[[], AbstractContextManager[None]]
S = AnalysisSettings()


def with_judge(judge: Callable[..., Verdict]) -> Change:
    """Use another judge of directions."""

    @contextmanager
    def change() -> Iterator[None]:
        with mock.patch.object(heading, "judge", functools.wraps(heading.judge)(judge)):
            yield

    return change


def one_window(evidence: Evidence, anchor: Anchor, *, original: Callable[..., Verdict] = heading.judge,
               **rules: object) -> Verdict:  # fmt: skip
    """Judge a bout by a single clear window if there are no more."""
    return original(evidence, anchor, **rules | {"min_clear_windows": 1})


def contradicted(evidence: Evidence, anchor: Anchor, *, original: Callable[..., Verdict] = heading.judge,
                 **rules: object) -> Verdict:  # fmt: skip
    """Name the more probable direction although the cross-check contradicts the score."""
    seen = original(evidence, anchor, **rules)
    p = seen.probability
    if "signs of direction disagree" not in seen.reason or max(p, 1 - p) < rules["min_probability"]:
        return seen
    return Verdict("forward" if p > 0.5 else "backward", seen.score, p, "contradicted")


@contextmanager
def swing_left_in() -> Iterator[None]:
    """Leave the thigh's swing in."""
    with mock.patch.object(stages, "without_swing", lambda acc, gyr, **_: acc):
        yield


@contextmanager
def one_gate() -> Iterator[None]:
    """Judge pocket, shank and foot by the gate of the trunk."""
    with mock.patch.object(bouts, "PLACEMENT_CLASS", {}):
        yield


@contextmanager
def walks_in_the_pocket() -> Iterator[None]:
    """Judge walking in the pocket too."""
    with mock.patch.object(heading, "WALK_TELLS", (*heading.WALK_TELLS, "pocket")):
        yield


def settings(**changes: float) -> AnalysisSettings:
    """The shipped settings with some of them changed."""
    return dataclasses.replace(S, **changes)


STEADY = {"max_unsteadiness_walk": 9.0, "max_unsteadiness_run": 9.0}
RULES: dict[str, tuple[AnalysisSettings, Change]] = {
    "nothing, as shipped": (S, nullcontext),
    "least probability": (settings(min_probability=0.5), nullcontext),
    "limit of tilt": (settings(max_tilt_deg=180.0), nullcontext),
    "least score, agreement of windows": (settings(min_agreement=0.0, min_score=0.0), nullcontext),
    "contradiction of the cross-check": (S, with_judge(contradicted)),
    "three clear windows": (S, with_judge(one_window)),
    "least strength of line and travel": (settings(min_line_share=0.0, min_quadrature=0.0), nullcontext),
    "braking and pushing": (settings(min_travel=0.0), nullcontext),
    "gait beyond doubt": (settings(min_gait_logit=-99.0), nullcontext),
    "swing of the thigh taken out": (S, swing_left_in),
    "no direction of walks in the pocket": (S, walks_in_the_pocket),
    "a gate for each place": (S, one_gate),
    "cost of changing gait": (settings(switch_cost=0.0), nullcontext),
    "periodicity of walks": (settings(min_walk_periodicity=0.0), nullcontext),
    "steadiness": (settings(**STEADY), nullcontext),
    "bounce": (settings(min_bounce_m=0.0), nullcontext),
    "periodicity, steadiness and bounce": (
        settings(min_walk_periodicity=0.0, min_bounce_m=0.0, **STEADY), nullcontext,
    ),
}  # fmt: skip
"""What is left out, and how."""


def on_people(cases: list[Case], chosen: AnalysisSettings) -> dict[str, object]:
    """Counts over all recordings of people and of rest."""
    rows = run(cases, lambda recording, calibrate: gait.analyze(recording, calibrate=calibrate, settings=chosen))
    labels = pd.concat([r["labels"] for r in rows], ignore_index=True)
    return direction_counts(rows) | {
        "gait agreement": f"{labels['agree_s'].sum() / labels['compared_s'].sum():.3f}",
        "cadence MAE [spm]": f"{labels['cadence_error_spm'].abs().mean():.2f}",
        "steps worst [%]": f"{max(abs(r['step_error_pct']) for r in rows if 'step_error_pct' in r):.1f}",
        "rests with bouts": sum(r["n_bouts"] > 0 for r in rows if r["group"] == "still"),
    }


def on_made_up(
    chosen: AnalysisSettings, no_gait: list[tuple[str, made_up.MadeUp]], hard: list[tuple[str, made_up.MadeUp]]
) -> dict[str, object]:
    """False bouts where nobody walks; directions right / unknown / wrong where they ought to be refused."""
    false = dict.fromkeys((kind for kind, _ in no_gait), 0)
    for kind, made in no_gait:
        false[kind] += len(gait.analyze(made.recording, settings=chosen).bouts) > 0
    counts = {kind: dict.fromkeys(("right", "unknown", "wrong"), 0) for kind, _ in hard}
    for kind, made in hard:
        for word in made_up.verdicts(made, gait.analyze(made.recording, calibrate=made.calibrate, settings=chosen)):
            counts[kind][word] += 1
    return {
        ", ".join(word.replace("_", " ") for word in false): " / ".join(str(n) for n in false.values()),
        **{kind.replace("_", " "): " / ".join(str(n) for n in seen.values()) for kind, seen in counts.items()},
    }


def main() -> None:
    """Print both tables."""
    if len(sys.argv) != 2 or not (Path(sys.argv[1]) / "cases.csv").is_file():
        sys.exit(__doc__)
    cases = [case for case in read_cases(Path(sys.argv[1])) if case.group != "invariance"]
    no_gait, hard = (list(made_up.recordings(kinds)) for kinds in (made_up.NO_GAIT, made_up.HARD))
    people, made = [], []
    for name, (chosen, change) in RULES.items():
        with change():
            people.append({"left out": name, **on_people(cases, chosen)})
            made.append({"left out": name, **on_made_up(chosen, no_gait, hard)})
    print(markdown(pd.DataFrame(people)), markdown(pd.DataFrame(made)), sep="\n\n")


if __name__ == "__main__":
    main()
