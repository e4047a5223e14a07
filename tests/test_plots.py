import re
import subprocess
import sys

import numpy as np
import pytest
from matplotlib.axes import Axes
from matplotlib.colors import to_rgb
from matplotlib.figure import Figure

from gait import plots
from gait.nomenclature import QUANTITIES
from gait.plots import select, style
from tests.fake_analysis import CASES

KINDS = list(plots.FIGURES)


@pytest.fixture(scope="module", params=CASES)
def result(request):
    return CASES[request.param]()


@pytest.fixture(scope="module")
def alternating():
    return CASES["alternating"]()


@pytest.mark.parametrize("kind", KINDS)
def test_every_figure_takes_every_result(kind, result):
    ax = plots.FIGURES[kind](result)
    assert isinstance(ax, Axes)
    ax.get_figure(root=True).draw_without_rendering()


@pytest.mark.parametrize("kind", KINDS)
def test_figure_without_data_says_so(kind):
    empty = CASES["nothing"]()
    ax = plots.FIGURES[kind](empty)
    if kind not in plots.available(empty):
        assert not ax.axison
        assert len(ax.texts[0].get_text()) > 20


@pytest.mark.parametrize("kind", KINDS)
def test_figure_draws_on_axes_that_are_given(kind, alternating):
    ax = Figure().add_subplot()
    assert plots.FIGURES[kind](alternating, ax=ax) is ax
    assert ax.get_figure(root=True).axes == [ax]


@pytest.mark.parametrize("kind", KINDS)
def test_figure_has_title_and_units(kind, alternating):
    ax = plots.FIGURES[kind](alternating)
    assert ax.get_title(loc="left")
    assert "[" in ax.get_ylabel() + ax.get_xlabel()


def test_no_window_library_is_loaded():
    code = "import sys, gait.plots; sys.exit('matplotlib.pyplot' in sys.modules)"
    assert subprocess.run([sys.executable, "-c", code]).returncode == 0


@pytest.mark.parametrize("kind", KINDS)
def test_figure_is_the_same_each_time(kind, alternating):
    assert plots.svg(kind, alternating) == plots.svg(kind, alternating)


def test_impacts_show_every_bout_and_the_ratio(alternating):
    ax = plots.impacts(alternating)
    row = alternating.comparison.table.set_index("metric").loc["peak_vert_g"]
    title = ax.get_title(loc="left").replace("\n", " ")
    assert f"{row['ratio']:.2f}" in title
    assert f"(95 %: {row['ratio_low']:.2f} to {row['ratio_high']:.2f})" in title
    assert "speed not controlled" in title
    large = [line for line in ax.lines if len(line.get_xdata()) == 1]
    expected = select.bout_values(alternating, "peak_vert_g")
    np.testing.assert_allclose(sorted(line.get_ydata()[0] for line in large), sorted(expected))
    assert sum(len(dots.get_offsets()) for dots in ax.collections) == len(alternating.steps)


def test_impacts_without_interval_show_none():
    title = plots.impacts(CASES["one_each"]()).get_title(loc="left")
    assert "no interval" in title
    assert "95 %" not in title


def test_many_steps_are_thinned_and_it_is_said():
    long = CASES["treadmill"]()
    ax = plots.impacts(long)
    assert sum(len(dots.get_offsets()) for dots in ax.collections) <= 1200 + len(long.bouts)
    assert "one step in 2" in ax.get_xlabel()


def test_clipped_steps_are_not_drawn():
    clipped = CASES["clipped"]()
    metric = select.impact_metric(clipped)
    assert metric == "dyn_load_g"
    drawn = sum(len(dots.get_offsets()) for dots in plots.impacts(clipped).collections)
    assert drawn == (~clipped.steps["clipped"]).sum()


def test_waveform_marks_both_contacts(alternating):
    ax = plots.waveform(alternating)
    marks = [line for line in ax.lines if len(line.get_xdata()) == 1]
    assert len(marks) == 4  # initial and terminal contact, forward and backward
    assert all(abs(line.get_ydata()[0] - 1) < 0.15 for line in marks)


def test_dose_adds_up(alternating):
    back = select.backward_bouts(alternating)
    ax = plots.dose(alternating)
    title = ax.get_title(loc="left").replace("\n", " ")
    assert f"{back['n_steps'].sum()} steps in {len(back)} bouts" in title


def test_styles_differ_without_colour():
    looks = list(plots.STYLES.values())
    for field in ("marker", "symbol", "line", "hatch", "colour"):
        assert len({getattr(look, field) for look in looks}) == len(looks), field


def contrast_with_white(colour):
    linear = [c / 12.92 if c <= 0.04045 else ((c + 0.055) / 1.055) ** 2.4 for c in to_rgb(colour)]
    return 1.05 / (0.05 + float(np.dot(linear, [0.2126, 0.7152, 0.0722])))


def test_letters_can_be_read():
    for look in plots.STYLES.values():
        assert contrast_with_white(look.text) >= 4.5
    assert contrast_with_white(style.FAINT) >= 4.5


def test_colours_that_a_page_replaces_are_used_for_nothing_else():
    graphics = {look.colour for look in plots.STYLES.values()} | {style.ENVELOPE}
    assert not graphics & set(style.CSS_COLOURS)
    assert len(style.CSS_COLOURS) == 3 + len(plots.STYLES)


@pytest.mark.parametrize("kind", KINDS)
def test_svg_is_small_and_loads_nothing(kind, result):
    for size_in in (plots.NARROW_IN, plots.WIDE_IN) if kind in ("timeline", "cadence") else (plots.NARROW_IN,):
        text = plots.svg(kind, result, size_in=size_in)
        assert len(text.encode()) < 300_000
        assert "http" not in text
        assert "<text" in text
        assert 'role="img"' in text
        assert not re.search(r'href="(?!#|data:)', text)


def test_svgs_of_one_page_share_no_id(alternating):
    ids = [i for kind in KINDS for i in re.findall(r'\bid="([^"]*)"', plots.svg(kind, alternating))]
    assert len(ids) == len(set(ids))


@pytest.mark.parametrize("kind", KINDS)
def test_alt_text_is_words(kind, result):
    text = plots.alt_text(kind, result)
    assert text.endswith(".")
    assert "nan" not in text.lower().split()
    if result.recording.simulated and kind in plots.available(result):
        assert "Simulated data." in text


def test_alt_texts_hold_the_numbers(alternating):
    row = alternating.comparison.table.set_index("metric").loc["peak_vert_g"]
    impacts = plots.alt_text("impacts", alternating)
    for value in (row["forward"], row["backward"], row["ratio"], row["ratio_low"], row["ratio_high"]):
        assert f"{value:.2f}" in impacts
    assert f"{row['n_bouts_backward']} bouts, {row['n_steps_backward']} steps" in impacts
    timeline = plots.alt_text("timeline", alternating)
    assert "Forward: 5 bouts (0:20–0:48" in timeline
    assert "Backward: 4 bouts" in timeline
    assert "7 min 30 s" in timeline
    assert str(select.backward_bouts(alternating)["n_steps"].sum()) in plots.alt_text("dose", alternating)
    low = alternating.cadence["cadence_spm"].min()
    assert f"{low:.0f} to" in plots.alt_text("cadence", alternating)
    for metric in select.BAND_METRICS:
        assert QUANTITIES[metric].label in plots.alt_text("band_power", alternating)
    assert "terminal contact at 4" in plots.alt_text("waveform", alternating)


def test_groups_are_called_groups():
    text = plots.alt_text("impacts", CASES["groups"]())
    assert "Group A:" in text
    assert "Group B:" in text
    assert "orward" not in text


def test_a_pocket_shows_bouts_without_steps():
    result = CASES["pocket"]()
    ax = plots.impacts(result)
    assert "small" not in ax.get_xlabel()
    assert not sum(len(dots.get_offsets()) for dots in ax.collections)
    assert "steps" not in plots.alt_text("impacts", result)
    low, high = ax.get_ylim()
    assert high - low >= 0.4 * 2.7  # a small difference may not look large


def test_small_unsteadiness_looks_small():
    result = CASES["walking_only"]()
    low, high = plots.cadence(result).get_ylim()
    assert high - low >= 20
    low, high = plots.timeline(CASES["nothing"]()).get_ylim()
    assert low <= 0
    assert high >= 2


def test_figures_fit_beside_each_other(alternating):
    figure = Figure((12, 4), layout="constrained")
    left, right = figure.subplots(1, 2)
    plots.impacts(alternating, ax=left)
    plots.waveform(alternating, ax=right)
    figure.draw_without_rendering()
    assert max(map(len, right.get_title(loc="left").splitlines())) < 80


def test_signal_is_the_recorded_one(alternating):
    pieces = select.excerpts(alternating)
    assert [piece.key for piece in pieces] == ["forward", "backward"]
    assert [piece.bout_id for piece in pieces] == [8, 7]  # the longest
    recording = alternating.recording
    for piece in pieces:
        size_g = np.linalg.norm(recording.acc_ms2, axis=1) / 9.80665
        expected = np.interp(piece.start_s + piece.time_s, recording.time_s, size_g)
        np.testing.assert_allclose(piece.acc_res_g, expected)
        assert len(piece.ic_s) in (7, 8, 9)
    ax = plots.signal(alternating)
    assert {text.get_text().split(",")[0] for text in ax.texts} == {"● forward", "▲ backward"}
    assert "filled: initial contact" in ax.get_title(loc="left")
    assert "contact" not in plots.signal(CASES["pocket"]()).get_title(loc="left")
