"""Problem set 3: answers as they are handed in, by the cell that they stand in."""

from classroom.problem_sets.running import Right, Wrong

SIGMOID = "def sigmoid(z):\n    return {}"
PRICE = "def price_nats(y, p):\n    return {}"
LOGISTIC = "def logistic_nats(s, z):\n    return {}"
NIGHTS = "def night_nats(y, p):\n    each = -np.log(np.where(y == 1, p, 1 - p))\n    return {}"
SURE = "sure_nats, coin_nats = {}, {}"
RIGHT_SURE = "-(0.9 * np.log(0.999) + 0.1 * np.log(0.001))"
FLOOR = "floor_nats, best_p = {}, {}"
RIGHT_FLOOR = "-(0.75 * np.log(0.75) + 0.25 * np.log(0.25))"
MINE = """
z, y = night["logits"], night["targets"]
p, truths = np.array(week["probs"]), np.array(week["targets"])
my_night_nats, my_week_nats = {}, {}
"""
NIGHT = "np.log(1 + np.exp(z)) - y * z"
WEEK = "np.mean(-np.log(np.where(truths, p, 1 - p)))"
BOTH_SIGMOIDS = {"sigmoid-values", "sigmoid-large"}

WRONG = {
    "sigmoid": [
        Wrong("overflow", SIGMOID.format("np.exp(z) / (1 + np.exp(z))"), {"sigmoid-large"}),
        Wrong("odds", SIGMOID.format("np.exp(z)"), BOTH_SIGMOIDS, "odds-as-probability"),
        Wrong(
            "two for e",
            SIGMOID.format("1 / (1 + 2.0 ** -z)"),
            {"sigmoid-values"},
            "two-in-the-place-of-e",
        ),
        Wrong("sign", SIGMOID.format("1 / (1 + np.exp(z))"), {"sigmoid-values"}, "prior-bias-sign"),
        Wrong("a straight line", SIGMOID.format("np.clip(0.5 + z / 4, 0, 1)"), {"sigmoid-values"}),
    ],
    "price": [
        Wrong(
            "only the first term",
            PRICE.format("-y * np.log(p) if y else 0.0"),
            {"price-values"},
            "negative-term-missing",
        ),
        Wrong("distance", PRICE.format("abs(y - p)"), {"price-values"}, "one-minus-p"),
        Wrong(
            "both terms as they stand",
            PRICE.format("-(y * np.log(p) + (1 - y) * np.log(1 - p))"),
            {"price-of-certainty"},
        ),
        Wrong(
            "a hidden epsilon",
            PRICE.format("-np.log((p if y == 1 else 1 - p) + 1e-4)"),
            {"price-values", "price-of-certainty"},
        ),
        Wrong(
            "bits",
            PRICE.format("-np.log2(p if y == 1 else 1 - p)"),
            {"price-values"},
            "base-2-for-nats",
        ),
        Wrong(
            "no minus",
            PRICE.format("np.log(p if y == 1 else 1 - p)"),
            {"price-values"},
            "lost-minus",
        ),
        Wrong(
            "the chosen answer",
            PRICE.format("-np.log(max(p, 1 - p))"),
            {"price-values"},
            "predicted-class-charged",
        ),
        Wrong(
            "no logarithm",
            PRICE.format("-(p if y == 1 else 1 - p)"),
            {"price-values", "price-of-certainty"},
            "no-logarithm",
        ),
    ],
    "logistic": [
        Wrong("overflow", LOGISTIC.format("np.log(1 + np.exp(-s * z))"), {"logistic-large"}),
        Wrong(
            "labels in the other formula",
            LOGISTIC.format("np.logaddexp(0, z) - s * z"),
            {"logistic-values", "logistic-large"},
            "targets-outside-zero-one",
        ),
        Wrong(
            "sigmoid twice",
            LOGISTIC.format("np.logaddexp(0, -s / (1 + np.exp(-z)))"),
            {"logistic-values", "logistic-large"},
            "sigmoid-twice",
        ),
        Wrong(
            "bits",
            LOGISTIC.format("np.logaddexp2(0, -s * z / np.log(2))"),
            {"logistic-values"},
            "base-2-for-nats",
        ),
        Wrong(
            "sign", LOGISTIC.format("np.logaddexp(0, s * z)"), {"logistic-values", "logistic-large"}
        ),
        Wrong(
            "no minus",
            LOGISTIC.format("-np.logaddexp(0, -s * z)"),
            {"logistic-values"},
            "lost-minus",
        ),
    ],
    "nights": [
        Wrong("mean over the questions", NIGHTS.format("each.mean(axis=1)"), {"nights-values"}),
        Wrong("a column", NIGHTS.format("each.sum(axis=1, keepdims=True)"), {"nights-shape"}),
        Wrong("one sum for all", NIGHTS.format("each.sum()"), {"nights-shape", "nights-values"}),
        Wrong(
            "sum over the nights",
            NIGHTS.format("each.sum(axis=0)"),
            {"nights-shape", "nights-values"},
        ),
        Wrong("bits", NIGHTS.format("each.sum(axis=1) / np.log(2)"), {"nights-values"}),
        Wrong(
            "softmax over the questions",
            "def night_nats(y, p):\n    shares = p / p.sum(axis=1, keepdims=True)\n"
            "    return -np.sum(y * np.log(shares), axis=1)",
            {"nights-values"},
        ),
    ],
    "sure": [
        Wrong(
            "logarithm of the mean",
            SURE.format("-np.log(0.9 * 0.999 + 0.1 * 0.001)", "np.log(2)"),
            {"sure-value"},
            "average-probability",
        ),
        Wrong(
            "the sum",
            SURE.format("-(90 * np.log(0.999) + 10 * np.log(0.001))", "np.log(2)"),
            {"sure-value"},
            "sum-for-mean",
        ),
        Wrong(
            "the chosen answer",
            SURE.format("-np.log(0.999)", "np.log(2)"),
            {"sure-value"},
            "predicted-class-charged",
        ),
        Wrong(
            "what is missing",
            SURE.format("0.9 * 0.001 + 0.1 * 0.999", "1 / 2"),
            {"sure-value", "coin-value"},
            "one-minus-p",
        ),
        Wrong(
            "bits for the coin", SURE.format(RIGHT_SURE, "1.0"), {"coin-value"}, "base-2-for-nats"
        ),
    ],
    "floor": [
        Wrong(
            "perfect costs nothing",
            FLOOR.format("0.0", "0.75"),
            {"floor-value"},
            "perfect-reconstruction-costs-nothing",
        ),
        Wrong(
            "one term",
            FLOOR.format("-0.75 * np.log(0.75)", "0.75"),
            {"floor-value"},
            "negative-term-missing",
        ),
        Wrong(
            "bits",
            FLOOR.format(f"{RIGHT_FLOOR} / np.log(2)", "0.75"),
            {"floor-value"},
            "base-2-for-nats",
        ),
        Wrong("the likelier truth", FLOOR.format(RIGHT_FLOOR, "1.0"), {"floor-place"}),
        Wrong("a threshold", FLOOR.format("np.log(2)", "0.5"), {"floor-value", "floor-place"}),
    ],
    "my-losses": [
        Wrong(
            "one term",
            MINE.format("-y * np.log(1 / (1 + np.exp(-z)))", WEEK),
            {"my-night"},
            "negative-term-missing",
        ),
        Wrong(
            "sigmoid twice",
            MINE.format("np.log(1 + np.exp(1 / (1 + np.exp(-z)))) - y / (1 + np.exp(-z))", WEEK),
            {"my-night"},
            "sigmoid-twice",
        ),
        Wrong("bits", MINE.format(f"({NIGHT}) / np.log(2)", WEEK), {"my-night"}, "base-2-for-nats"),
        Wrong("sum", MINE.format(NIGHT, f"{WEEK} * len(p)"), {"my-week"}, "sum-for-mean"),
        Wrong(
            "logarithm of the mean",
            MINE.format(NIGHT, "-np.log(np.mean(np.where(truths, p, 1 - p)))"),
            {"my-week"},
            "average-probability",
        ),
        Wrong(
            "one term in the mean",
            MINE.format(NIGHT, "np.mean(-truths * np.log(p))"),
            {"my-week"},
            "negative-term-missing",
        ),
    ],
}

RIGHT = {
    "sigmoid": [
        Right("tanh", SIGMOID.format("(1 + np.tanh(z / 2)) / 2")),
        Right(
            "two branches",
            "import math\n\ndef sigmoid(z):\n    if z >= 0:\n"
            "        return 1 / (1 + math.exp(-z))\n"
            "    return math.exp(z) / (1 + math.exp(z))",
        ),
        Right("logaddexp", SIGMOID.format("np.exp(-np.logaddexp(0, -z))")),
    ],
    "price": [
        Right(
            "two branches",
            "import math\n\ndef price_nats(y, p):\n    if y == 1:\n        return -math.log(p)\n"
            "    return -math.log1p(-p)",
        ),
        Right("where", PRICE.format("-np.log(np.where(y, p, 1 - p))")),
        Right("the probability of the truth", PRICE.format("-np.log(1 - abs(y - p))")),
    ],
    "logistic": [
        Right("maximum", LOGISTIC.format("max(-s * z, 0) + np.log1p(np.exp(-abs(z)))")),
        Right(
            "two branches",
            "import math\n\ndef logistic_nats(s, z):\n    margin = s * z\n    if margin > 0:\n"
            "        return math.log1p(math.exp(-margin))\n"
            "    return -margin + math.log1p(math.exp(margin))",
        ),
        Right("celib", "import celib\n\n" + LOGISTIC.format("-celib.log_sigmoid(s * z)")),
    ],
    "nights": [
        Right(
            "loops",
            "def night_nats(y, p):\n    nights = []\n    for truths, said in zip(y, p):\n"
            "        nights.append(sum(-np.log(q if t else 1 - q) for t, q in zip(truths, said)))\n"
            "    return nights",
        ),
        Right(
            "celib",
            "import celib\n\ndef night_nats(y, p):\n"
            "    return celib.binary_cross_entropy(y, p, reduction='none').sum(axis=1)",
        ),
        Right(
            "a product",
            "def night_nats(y, p):\n    return -np.log(np.prod(1 - abs(y - p), axis=1))",
        ),
    ],
    "sure": [
        Right("numbers", SURE.format("0.69168", "0.6931")),
        Right(
            "single precision", SURE.format(f"np.float32({RIGHT_SURE})", "np.float32(np.log(2))")
        ),
        Right(
            "an array",
            SURE.format("-np.mean(np.log([0.999] * 90 + [0.001] * 10))", "-np.log([0.5])"),
        ),
    ],
    "floor": [
        Right("numbers", FLOOR.format("0.5623", "0.75")),
        Right(
            "a search",
            "grid = np.linspace(0.001, 0.999, 999)\n"
            "losses = -(0.75 * np.log(grid) + 0.25 * np.log(1 - grid))\n"
            "floor_nats, best_p = losses.min(), grid[losses.argmin()]",
        ),
        Right("single precision", FLOOR.format(f"np.float32({RIGHT_FLOOR})", "np.float32(0.75)")),
    ],
    "my-losses": [
        Right("rounded", MINE.format(f"round({NIGHT}, 5)", f"round({WEEK}, 5)")),
        Right(
            "celib",
            "import celib\n\nmy_night_nats = celib.binary_cross_entropy_from_logits(**night)\n"
            "my_week_nats = [celib.binary_cross_entropy(**week)]",
        ),
    ],
}
