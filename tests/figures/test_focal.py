"""The pictures of page 08 hold the right numbers, and other numbers make other pictures.

Expected numbers are computed with mpmath, from the definition in Lin et al. 2017
(arXiv:1708.02002), or are that paper's own.
"""

import itertools
import re

import numpy as np
import pytest
from mpmath import mp

from celib.figures import LOSS, cumulative_loss, focal_curves, tug_of_war
from celib.figures.focal import Group, brief, even_at, percent, pull
from celib.figures.style import INK

GAMMAS = [0, 0.5, 1, 2, 5]


def exact_loss(y, z, gamma, alpha=None):
    """The definition, as a function of the logit, so that mpmath can differentiate it."""
    p = 1 / (1 + mp.exp(-mp.mpf(z)))
    p_t = p if y else 1 - p
    weight = 1 if alpha is None else mp.mpf(alpha) if y else 1 - mp.mpf(alpha)
    return weight * (1 - p_t) ** mp.mpf(gamma) * -mp.log(p_t)


def exact_pull(size, p_true, y, gamma, alpha=None):
    p_true = mp.mpf(p_true)
    z = mp.log(p_true / (1 - p_true)) * (1 if y else -1)
    loss = exact_loss(y, z, gamma, alpha)
    slope = abs(mp.diff(lambda at: exact_loss(y, at, gamma, alpha), z))
    return float(size * loss), float(size * slope)


def lines_named(axes, label):
    return [line for line in axes.lines if line.get_label() == label]


def overlapping(texts):
    boxes = [text.get_window_extent() for text in texts]
    return [a for a, b in itertools.combinations(boxes, 2) if a.overlaps(b)]


# --- what a group has to say ----------------------------------------------------------------


@pytest.mark.parametrize("y", [0, 1])
@pytest.mark.parametrize("gamma", GAMMAS)
@pytest.mark.parametrize("alpha", [None, 0.25])
@pytest.mark.parametrize("size, p_true", [(100_000, 0.99), (100, 0.1), (7, 0.5)])
def test_totals_are_those_of_the_definition(size, p_true, y, gamma, alpha):
    got = pull(Group(size, p_true), y, gamma=gamma, alpha=alpha)
    assert tuple(got) == pytest.approx(exact_pull(size, p_true, y, gamma, alpha), rel=1e-9)


def test_the_share_of_the_loss_is_a_half_where_the_ratio_of_factors_makes_up_for_the_rest():
    """100 000 (0.01)^g (-ln 0.99) = 100 (0.9)^g (-ln 0.1), solved for g by hand."""
    exact = mp.log(1000 * mp.log("0.99") / mp.log("0.1")) / mp.log(90)
    shares = []
    for g in (0, 1):
        easy, hard = (exact_pull(*group, g)[0] for group in ((1e5, 0.99, 0), (100, 0.1, 1)))
        shares.append(easy / (easy + hard))
    assert even_at(shares, [0, 1]) == pytest.approx(float(exact), rel=1e-9)


@pytest.mark.parametrize(
    "shares, expected", [([0.4, 0.2, 0.1], 0), ([0.9, 0.8, 0.7], None), ([0.9, 0.75, 0.25], 1.5)]
)
def test_a_share_may_never_or_always_be_above_a_half(shares, expected):
    assert even_at(shares, [0, 1, 2]) == expected


def test_short_numbers_keep_four_digits():
    assert [brief(v) for v in (1005.03, 90, 0.1005034, 1.00503e-7)] == [
        "1005",
        "90.00",
        "0.1005",
        "1.005·10⁻⁷",
    ]
    assert [brief(v) for v in (0.001, 0.000999, 9999, 9999.5, 230258)] == [
        *("0.001000", "9.990·10⁻⁴", "9999", "1.000·10⁴", "2.303·10⁵"),
    ]
    assert [percent(v) for v in (0, 0.00009, 0.5, 0.99995)] == [
        "under 0.01 %",
        "under 0.01 %",
        "50.00 %",
        "over 99.99 %",
    ]


# --- the tug of war -------------------------------------------------------------------------


def test_the_tug_of_war_says_totals_shares_and_where_they_are_even():
    words = tug_of_war().describe()
    for sentence in [
        "The crowd lets go: 100,000 easy negatives against 100 hard positives. Four panels.",
        "Top left: The loss (nats).",
        "Top right: The slope (nats per unit of logit).",
        "Bars “easy negatives”: γ = 0 0.8136, γ = 0.5 0.3151, γ = 1 0.04625, γ = 2 0.0005386,",
        "“1005: 81.36 %”",
        "“230.3: 18.64 %”",
        "“0.1005: 0.05 %”",
        "“186.5: 99.95 %”",
        "“1000: 91.74 %”",
        "“90.00: 8.26 %”",
        "Point “half each at γ = 0.33” at γ = 0.3275, 0.5.",
        "Point “half each at γ = 0.61” at γ = 0.6081, 0.5.",
    ]:
        assert sentence in words


def test_every_gamma_is_in_the_range_of_the_axis():
    for gamma in ([0.0, 5.1], [-0.1, 5.0]):
        with pytest.raises(ValueError, match=re.escape(f"gamma must be from 0 to 5, got {gamma}.")):
            tug_of_war(gamma=gamma)


def test_one_of_a_kind_is_in_the_singular():
    title = tug_of_war((1, 0.9), (1, 0.1)).get_suptitle()
    assert title.endswith("1 easy negative against 1 hard positive")


@pytest.mark.parametrize("alpha", [None, 0.25, 0.75])
def test_bars_and_curves_are_the_shares_of_the_definition(alpha):
    easy, hard = (5000, 0.97), (40, 0.2)
    figure = tug_of_war(easy, hard, gamma=GAMMAS, alpha=alpha)
    for column in (0, 1):
        shares = []
        for gamma in GAMMAS:
            crowd = exact_pull(*easy, 0, gamma, alpha)[column]
            few = exact_pull(*hard, 1, gamma, alpha)[column]
            shares.append(crowd / (crowd + few))
        bars, curve = figure.axes[column], figure.axes[2 + column]
        crowd_bars, few_bars = bars.containers
        assert [bar.get_width() for bar in crowd_bars] == pytest.approx(shares, rel=1e-9)
        ends = [bar.get_x() + bar.get_width() for bar in few_bars]
        assert ends == pytest.approx([1] * len(GAMMAS))
        what = ("loss", "slope")[column]
        (line,) = lines_named(curve, f"easy negatives' share of the {what}")
        at = [int(np.argmin(abs(line.get_xdata() - g))) for g in GAMMAS]
        assert line.get_ydata()[at] == pytest.approx(shares, rel=1e-9)


@pytest.mark.parametrize(
    "alpha, words", [(0.999, "never more than half"), (0.0, "more than half at every γ up to 5")]
)
def test_a_side_that_always_wins_is_said_to(alpha, words):
    assert f"“{words}”" in tug_of_war(alpha=alpha).describe()


@pytest.mark.parametrize("options", [{}, {"gamma": [0, 0.25, 3]}, {"alpha": 0.9}])
def test_no_two_labels_of_a_panel_overlap(options):
    figure = tug_of_war(**options)
    figure.draw_without_rendering()
    for axes in figure.axes:
        assert not overlapping(axes.texts)


@pytest.mark.parametrize(
    "change",
    [{"easy": (100_000, 0.98)}, {"hard": (101, 0.1)}, {"gamma": [0, 1]}, {"alpha": 0.25}],
)
def test_another_contest_has_other_words(change):
    assert tug_of_war(**change).describe() != tug_of_war().describe()


@pytest.mark.parametrize(
    "change, message",
    [
        ({"easy": (9, 0.05)}, "must be larger"),
        ({"easy": (9, 0.5), "hard": (9, 0.5)}, "must be larger"),
        ({"easy": (9, 1.0)}, "strictly between"),
        ({"gamma": [6]}, "0 to 5"),
        ({"gamma": [-1]}, "0 to 5"),
        ({"alpha": 1.5}, "alpha"),
    ],
)
def test_the_tug_of_war_refuses_what_it_cannot_draw(change, message):
    with pytest.raises(ValueError, match=message):
        tug_of_war(**change)


# --- the curves -----------------------------------------------------------------------------


@pytest.mark.parametrize("gamma", GAMMAS)
def test_each_curve_is_the_focal_loss(gamma):
    losses, _ = focal_curves().axes
    name = f"γ = {gamma:g}" + (" (cross-entropy)" if gamma == 0 else "")
    (curve,) = lines_named(losses, name)
    for p, nats in list(zip(*curve.get_data(), strict=True))[:-1:50]:
        exact = (1 - mp.mpf(p)) ** mp.mpf(gamma) * -mp.log(mp.mpf(p))
        assert nats == pytest.approx(float(exact), rel=1e-9)
    assert curve.get_ydata()[-1] == 0


def test_the_marks_are_the_numbers_of_the_papers_text():
    """Lin et al. 2017, section 3.2: 4 up to 0.5, 100 at 0.9, about 1000 at about 0.968."""
    words = focal_curves().describe()
    for point in [
        "Point “pₜ = 0.5: 1/4” at pₜ = 0.5, 0.25.",
        "Point “pₜ = 0.9: 1/100” at pₜ = 0.9, 0.01.",
        "Point “pₜ = 0.968: 1/976.6” at pₜ = 0.968, 0.001024.",
        "Point “pₜ = 0.99: 1/10,000” at pₜ = 0.99, 0.0001.",
        "Vertical axis: loss in nats, from 0 to 5.",
    ]:
        assert point in words
    factors = focal_curves().axes[1]
    (curve,) = lines_named(factors, "(1 − pₜ)²")
    assert curve.get_ydata() == pytest.approx((1 - curve.get_xdata()) ** 2)


def test_other_gammas_and_marks_make_other_words():
    words = focal_curves([0, 3], marked=[0.7]).describe()
    assert "“γ = 3”" in words
    assert "Point “pₜ = 0.7: 1/11.11”" in words
    assert "γ = 2”" not in words


@pytest.mark.parametrize(
    "gamma, marked, message",
    [
        ([0, 1, 2, 3, 4, 5], [0.5], "6 values"),
        ([-1], [0.5], "gamma"),
        ([2], [1.0], "marked"),
        ([2], [], "marked is empty"),
    ],
)
def test_the_curves_refuse_what_they_cannot_draw(gamma, marked, message):
    with pytest.raises(ValueError, match=message):
        focal_curves(gamma, marked=marked)


# --- the cumulative loss --------------------------------------------------------------------

TARGETS, LOGITS = [1, 0, 1, 0, 0], [2.0, 0.5, -1.0, -3.0, -0.2]


@pytest.mark.parametrize("gamma", [0, 1, 2])
def test_the_cumulative_loss_is_summed_from_the_easiest(gamma):
    figure = cumulative_loss(TARGETS, LOGITS, gamma=[gamma])
    for axes, y in zip(figure.axes, (1, 0), strict=True):
        losses = sorted(
            exact_loss(y, z, gamma) for t, z in zip(TARGETS, LOGITS, strict=True) if t == y
        )
        sums = [float(mp.fsum(losses[:k]) / mp.fsum(losses)) for k in range(len(losses) + 1)]
        (curve,) = lines_named(axes, f"γ = {gamma:g}")
        assert curve.get_xdata() == pytest.approx(np.linspace(0, 1, len(sums)))
        assert curve.get_ydata() == pytest.approx(sums, rel=1e-9, abs=1e-12)


def test_the_cumulative_loss_says_how_many_there_are():
    words = cumulative_loss(TARGETS, LOGITS).describe()
    assert "Left: 2 positives." in words
    assert "Right: 3 negatives." in words
    assert len(re.findall("Curve “γ", words)) == 8
    assert words != cumulative_loss(TARGETS, [*LOGITS[:-1], 1.0]).describe()


def test_a_share_of_just_a_half_is_no_more_than_a_half():
    assert even_at([0.8, 0.5], [0, 1]) == 1
    assert even_at([0.5, 0.2], [0, 1]) == 0


def test_curves_without_a_gamma_are_drawn_in_another_colour():
    for figure in focal_curves([1, 0]), cumulative_loss(TARGETS, LOGITS, gamma=[1, 0]):
        assert [line.get_color() for line in figure.axes[0].lines] == [LOSS, INK]


def test_the_cumulative_loss_is_of_four_gammas_unless_others_are_asked_for():
    (said, _) = cumulative_loss(TARGETS, LOGITS).axes
    assert [line.get_label() for line in said.lines] == ["γ = 0", "γ = 0.5", "γ = 1", "γ = 2"]
    assert [text.get_text() for text in said.get_legend().get_texts()] == [
        line.get_label() for line in said.lines
    ]


def test_the_cumulative_loss_names_what_it_cannot_read():
    with pytest.raises(TypeError, match=r"^targets must hold real numbers"):
        cumulative_loss(["yes"], [1])
    with pytest.raises(TypeError, match=r"^logits must hold real numbers"):
        cumulative_loss([1], ["high"])


@pytest.mark.parametrize("targets", [[1, 1, 1, 1, 1], [0.5, 0, 1, 0, 0]])
def test_the_cumulative_loss_needs_both_classes(targets):
    with pytest.raises(ValueError, match="some of each"):
        cumulative_loss(targets, LOGITS)


def test_the_cumulative_loss_has_styles_for_five_gammas():
    with pytest.raises(ValueError, match="6 values"):
        cumulative_loss(TARGETS, LOGITS, gamma=range(6))
