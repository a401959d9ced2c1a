"""Problem set 6: answers as they are handed in, by the cell that they stand in."""

from classroom.problem_sets.running import Right, Wrong

CALIBRATION = """
def calibration_error(y, p, n_bins):
    bins = np.maximum(np.ceil(p * n_bins), 1)
    gaps, counts = [], []
    for one in {bins}:
        inside = bins == one
        counts.append(inside.sum())
        gaps.append({gap})
    return {error}
"""
RIGHT_CALIBRATION = {
    "bins": "np.unique(bins)",
    "gap": "abs(y[inside].mean() - p[inside].mean())",
    "error": "np.average(gaps, weights=counts)",
}
SAVED = "def saved(loss_nats, prevalence):\n    q = 1 - prevalence\n    return {}"
BASE = "(-prevalence * np.log(prevalence) - q * np.log(q))"
COOLED = """
tried = np.arange(5, 101) / 10
losses = [celib.categorical_cross_entropy_from_logits(labels, cases / T) for T in tried]
at_one = celib.categorical_cross_entropy_from_logits(labels, cases)
best_temperature, saved_nats, decisions_changed = {best}, {saved}, {changed}
"""
RIGHT_COOLED = {"best": "tried[np.argmin(losses)]", "saved": "at_one - min(losses)", "changed": "0"}
LABEL = """
true, share, classes = mine["targets"], mine["label_smoothing"], mine["n_classes"]
one_hot = np.eye(classes)[true]
smooth = (1 - share) * one_hot + share / classes
my_label, my_floor_nats = {}, {}
"""
LOWEST = "-np.sum(smooth * np.log(smooth))"
AUDIT = "recomputed_nats, ratio = {}, {}"
CULPRIT = "printed_share, true_share = {}, {}"
STANDING = "def stands_for(value, printed):\n    return {}"
BOTH_CALIBRATIONS = {"calibration-values", "calibration-kept"}
BOTH_SAVED = {"saved-values", "saved-nothing"}
BOTH_STANDINGS = {"standing-half", "standing-zeros"}


def calibration(**others):
    return CALIBRATION.format(**(RIGHT_CALIBRATION | others))


def cooled(**others):
    return COOLED.format(**(RIGHT_COOLED | others))


WRONG = {
    "calibration": [
        Wrong(
            "bins counted alike",
            calibration(error="np.mean(gaps)"),
            {"calibration-values"},
            "bins-counted-alike",
        ),
        Wrong(
            "right decisions",
            calibration(gap="abs(np.mean((p > 0.5)[inside] == y[inside]) - p[inside].mean())"),
            BOTH_CALIBRATIONS,
            "right-decisions-for-positives",
        ),
        Wrong(
            "gaps that cancel",
            calibration(gap="y[inside].mean() - p[inside].mean()"),
            {"calibration-values"},
        ),
        Wrong(
            "middle of the bin",
            calibration(gap="abs(y[inside].mean() - (one - 0.5) / n_bins)"),
            BOTH_CALIBRATIONS,
        ),
        Wrong(
            "day by day",
            "def calibration_error(y, p, n_bins):\n    return np.mean(np.abs(y - p))",
            BOTH_CALIBRATIONS,
        ),
        Wrong(
            "the first bin forgotten",
            calibration(
                bins="np.unique(bins)[1:]",
                error="sum(g * c for g, c in zip(gaps, counts)) / len(y)",
            ),
            {"calibration-values"},
        ),
    ],
    "saved": [
        Wrong(
            "against a coin",
            SAVED.format("1 - loss_nats / np.log(2)"),
            BOTH_SAVED,
            "good-without-baseline",
        ),
        Wrong(
            "baseline in bits",
            SAVED.format(f"1 - loss_nats / ({BASE} / np.log(2))"),
            BOTH_SAVED,
            "baseline-in-another-unit",
        ),
        Wrong(
            "one term",
            SAVED.format("1 - loss_nats / (-prevalence * np.log(prevalence))"),
            BOTH_SAVED,
            "negative-term-missing",
        ),
        Wrong("never below 0", SAVED.format(f"max(0.0, 1 - loss_nats / {BASE})"), {"saved-values"}),
        Wrong("the share that is left", SAVED.format(f"loss_nats / {BASE}"), BOTH_SAVED),
        Wrong("a difference", SAVED.format(f"{BASE} - loss_nats"), {"saved-values"}),
        Wrong("percent", SAVED.format(f"100 * (1 - loss_nats / {BASE})"), {"saved-values"}),
    ],
    "cooled": [
        Wrong("multiplied", cooled(best="1 / 2.7"), {"cooled-temperature"}),
        Wrong("no search", cooled(best="2.0"), {"cooled-temperature"}),
        Wrong("bits", cooled(saved="(at_one - min(losses)) / np.log(2)"), {"cooled-saved"}),
        Wrong("sum", cooled(saved="10 * (at_one - min(losses))"), {"cooled-saved"}),
        Wrong("the loss itself", cooled(saved="min(losses)"), {"cooled-saved"}),
        Wrong("some change", cooled(changed="3"), {"cooled-decisions"}),
    ],
    "my-labels": [
        Wrong(
            "over the other classes",
            LABEL.format("np.where(one_hot == 1, 1 - share, share / (classes - 1))", LOWEST),
            {"my-label-values"},
            "smoothing-over-the-wrong-classes",
        ),
        Wrong(
            "the whole uniform",
            LABEL.format("(1 - share) * one_hot + 1 / classes", LOWEST),
            {"my-label-values"},
            "uniform-part-not-scaled",
        ),
        Wrong(
            "reaches zero",
            LABEL.format("smooth", "0.0"),
            {"my-floor-value"},
            "smoothed-loss-reaches-zero",
        ),
        Wrong(
            "bits",
            LABEL.format("smooth", f"{LOWEST} / np.log(2)"),
            {"my-floor-value"},
            "base-2-for-nats",
        ),
        Wrong(
            "not smoothed", LABEL.format("one_hot", "0.0"), {"my-label-values", "my-floor-value"}
        ),
    ],
    "audit": [
        Wrong("bits", AUDIT.format("0.0183434", "1.0358"), {"audit-value"}, "base-2-for-nats"),
        Wrong("bans", AUDIT.format("0.0055219", "1.0358"), {"audit-value"}, "base-10"),
        Wrong("the printed figure", AUDIT.format("0.01317", "1.0"), {"audit-value", "audit-ratio"}),
        Wrong("no minus", AUDIT.format("-0.0127147", "1.0358"), {"audit-value"}, "lost-minus"),
        Wrong(
            "counts",
            AUDIT.format("-sum(n * np.log(n) for n in (284_315, 492))", "1.0358"),
            {"audit-value"},
            "counts-not-probabilities",
        ),
        Wrong("turned", AUDIT.format("0.0127147", "0.0127147 / 0.01317"), {"audit-ratio"}),
    ],
    "culprit": [
        Wrong("odds", CULPRIT.format("0.0018", "492 / 284_315"), {"culprit-true"}),
        Wrong(
            "the true one twice",
            CULPRIT.format("492 / 284_807", "492 / 284_807"),
            {"culprit-printed"},
        ),
        Wrong("percent", CULPRIT.format("0.18", "0.17"), {"culprit-printed", "culprit-true"}),
        Wrong(
            "the other side",
            CULPRIT.format("0.9982", "0.9983"),
            {"culprit-printed", "culprit-true"},
        ),
    ],
    "standing": [
        Wrong(
            "cut off",
            STANDING.format("str(value).startswith(printed)"),
            {"standing-half"},
        ),
        Wrong(
            "a tenth of a percent",
            STANDING.format("abs(value / float(printed) - 1) < 1e-3"),
            BOTH_STANDINGS,
        ),
        Wrong(
            "zeros lost",
            "def stands_for(value, printed):\n    figure = float(printed)\n"
            "    places = len(str(figure).partition('.')[2])\n"
            "    return round(value, places) == figure",
            {"standing-zeros"},
        ),
        Wrong(
            "a whole unit",
            "def stands_for(value, printed):\n    places = len(printed.partition('.')[2])\n"
            "    return abs(value - float(printed)) <= 10.0**-places",
            {"standing-half"},
        ),
        Wrong("always", STANDING.format("True"), BOTH_STANDINGS),
    ],
}

RIGHT = {
    "calibration": [
        Right(
            "loops",
            "def calibration_error(y, p, n_bins):\n    error = 0\n    for b in range(n_bins):\n"
            "        days = [i for i in range(len(p)) if b / n_bins < p[i] <= (b + 1) / n_bins\n"
            "                or (b == 0 and p[i] == 0)]\n        if days:\n"
            "            error += abs(sum(y[i] for i in days) - sum(p[i] for i in days)) / len(p)\n"
            "    return error",
        ),
        Right("a weighted average", calibration()),
        Right(
            "celib",
            "import celib\n\ndef calibration_error(y, p, n_bins):\n"
            "    return celib.expected_calibration_error(y, p, n_bins=n_bins)",
        ),
    ],
    "saved": [
        Right("one fraction", SAVED.format(f"({BASE} - loss_nats) / {BASE}")),
        Right(
            "celib",
            "import celib\n\n" + SAVED.format("1 - loss_nats / celib.entropy([prevalence, q])"),
        ),
        Right("single precision", SAVED.format(f"np.float32(1 - loss_nats / {BASE})")),
    ],
    "cooled": [
        Right("celib", cooled(best="celib.fit_temperature(labels, cases)")),
        Right(
            "counted",
            cooled(changed="np.sum(np.argmax(cases / 2.7, axis=1) != np.argmax(cases, axis=1))"),
        ),
        Right("numbers", cooled(best="2.7", saved="[0.3676]", changed="[0]")),
    ],
    "my-labels": [
        Right("a list", LABEL.format("smooth.tolist()", f"[{LOWEST}]")),
        Right("rounded", LABEL.format("smooth.round(4)", f"round({LOWEST}, 4)")),
        Right(
            "a loop",
            LABEL.format(
                "[share / classes + (1 - share if k == true else 0) for k in range(classes)]",
                "sum(-one * np.log(one) for one in smooth)",
            ),
        ),
    ],
    "audit": [
        Right("numbers", AUDIT.format("0.012715", "1.0358")),
        Right(
            "celib",
            AUDIT.format(
                "celib.entropy(np.array([284_315, 492]) / 284_807)", "0.01317 / 0.012714681"
            ),
        ),
        Right("single precision", AUDIT.format("np.float32(0.012714681)", "np.float32(1.03581)")),
    ],
    "culprit": [
        Right("numbers", CULPRIT.format("0.0018", "0.001727")),
        Right(
            "halving",
            "low, high = 1e-4, 1e-2\nfor _ in range(60):\n    s = (low + high) / 2\n"
            "    loss = -s * np.log(s) - (1 - s) * np.log(1 - s)\n"
            "    low, high = (s, high) if loss < 0.01317 else (low, s)\n"
            "printed_share, true_share = low, 492 / 284_807",
        ),
    ],
    "standing": [
        Right(
            "decimals",
            "from decimal import Decimal\n\ndef stands_for(value, printed):\n"
            "    step = Decimal(1).scaleb(Decimal(printed).as_tuple().exponent)\n"
            "    return abs(Decimal(value) - Decimal(printed)) <= step / 2",
        ),
        Right(
            "formatted",
            STANDING.format("f\"{value:.{len(printed.partition('.')[2])}f}\" == printed"),
        ),
        Right(
            "rounded",
            "def stands_for(value, printed):\n    places = len(printed) - printed.index('.') - 1\n"
            "    return np.round(value, places) == float(printed)",
        ),
    ],
}
