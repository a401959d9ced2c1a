"""Problem set 4: answers as they are handed in, by the cell that they stand in."""

from classroom.problem_sets.running import Right, Wrong

NUDGED = "slopes = [{} for e in np.eye(3)]"
SLOPE = "def slope_nats(y, z):\n    p = 1 / (1 + np.exp(-z))\n    return {}"
WEIGHTS = """
def weight_slopes(x, y, w, b):
    p = 1 / (1 + np.exp(-(x @ w + b)))
    by_logit = {by_logit}
    return {slopes}
"""
RIGHT_WEIGHTS = {
    "by_logit": "(p - y) / len(y)",
    "slopes": "np.append(x.T @ by_logit, by_logit.sum())",
}
DESCENT = """
def descend(x, y, rate, steps):
    w, b = {start}
    losses = []
    for _ in range({count}):
        p = 1 / (1 + np.exp(-(x @ w + b)))
        losses.append({loss})
        by_logit = {by_logit}
        {step}
    return losses
"""
RIGHT_DESCENT = {
    "start": "np.zeros(x.shape[1]), 0.0",
    "count": "steps + 1",
    "loss": "-np.mean(np.log(np.where(y == 1, p, 1 - p)))",
    "by_logit": "(p - y) / len(y)",
    "step": "w, b = w - rate * x.T @ by_logit, b - rate * by_logit.sum()",
}
RUNS = "run_a, run_b, run_c = {}"
MINE = """
z, label, rate = np.array(mine["logits"]), mine["targets"], mine["rate"]
p = np.exp(z) / np.sum(np.exp(z))
true = np.eye(4)[label]
my_slopes, my_logits = {}, {}
"""
STEP = "z - rate * (p - true)"
BOTH_NUDGED = {"nudged-values", "nudged-sum"}
BOTH_WEIGHTS = {"weights-direction", "weights-size"}
BOTH_DESCENTS = {"descent-first", "descent-losses"}


def weights(**others):
    return WEIGHTS.format(**(RIGHT_WEIGHTS | others))


def descent(**others):
    return DESCENT.format(**(RIGHT_DESCENT | others))


WRONG = {
    "nudged": [
        Wrong(
            "down minus up",
            NUDGED.format("(loss(logits - h * e) - loss(logits + h * e)) / (2 * h)"),
            {"nudged-values"},
            "gradient-sign",
        ),
        Wrong(
            "divided by h alone",
            NUDGED.format("(loss(logits + h * e) - loss(logits - h * e)) / h"),
            {"nudged-values"},
        ),
        Wrong(
            "not divided",
            NUDGED.format("loss(logits + h * e) - loss(logits - h * e)"),
            BOTH_NUDGED,
        ),
        Wrong(
            "by the probability",
            "slopes = [0, -1 / celib.softmax(logits)[1], 0]",
            BOTH_NUDGED,
            "gradient-by-probability",
        ),
        Wrong(
            "bits",
            "slopes = (celib.softmax(logits) - np.eye(3)[1]) / np.log(2)",
            {"nudged-values"},
            "base-2-for-nats",
        ),
        Wrong(
            "label from one",
            "slopes = celib.softmax(logits) - np.eye(3)[2]",
            {"nudged-values"},
            "label-counted-from-one",
        ),
    ],
    "slope": [
        Wrong("sign", SLOPE.format("y - p"), {"slope-values"}, "gradient-sign"),
        Wrong(
            "slope of the sigmoid twice",
            SLOPE.format("(p - y) * p * (1 - p)"),
            {"slope-values", "slope-large"},
            "sigmoid-slope-twice",
        ),
        Wrong(
            "by the probability",
            SLOPE.format("-1 / p if y == 1 else 1 / (1 - p)"),
            {"slope-values", "slope-large"},
            "gradient-by-probability",
        ),
        Wrong(
            "sigmoid twice",
            SLOPE.format("1 / (1 + np.exp(-p)) - y"),
            {"slope-values", "slope-large"},
            "sigmoid-twice",
        ),
        Wrong(
            "overflow",
            "def slope_nats(y, z):\n    return np.exp(z) / (1 + np.exp(z)) - y",
            {"slope-large"},
        ),
        Wrong(
            "bits",
            SLOPE.format("(p - y) / np.log(2)"),
            {"slope-values", "slope-large"},
            "base-2-for-nats",
        ),
    ],
    "weights": [
        Wrong("sum for mean", weights(by_logit="p - y"), {"weights-size"}),
        Wrong("sign", weights(by_logit="(y - p) / len(y)"), {"weights-direction"}),
        Wrong("no slope for b", weights(slopes="x.T @ by_logit"), BOTH_WEIGHTS),
        Wrong(
            "b first",
            weights(slopes="np.append(by_logit.sum(), x.T @ by_logit)"),
            {"weights-direction"},
        ),
        Wrong(
            "mean over all entries",
            weights(slopes="np.append(x.T @ by_logit, by_logit.sum()) / x.shape[1]"),
            {"weights-size"},
        ),
        Wrong(
            "slope of the sigmoid", weights(by_logit="(p - y) * p * (1 - p) / len(y)"), BOTH_WEIGHTS
        ),
    ],
    "descent": [
        Wrong("uphill", descent(by_logit="(y - p) / len(y)"), {"descent-losses"}),
        Wrong("sum for mean", descent(by_logit="p - y"), {"descent-losses"}),
        Wrong("b stands still", descent(step="w = w - rate * x.T @ by_logit"), {"descent-losses"}),
        Wrong(
            "b moves after the weights",
            descent(
                step="w = w - rate * x.T @ by_logit\n"
                "        b = b - rate * np.mean(1 / (1 + np.exp(-(x @ w + b))) - y)"
            ),
            {"descent-losses"},
        ),
        Wrong("bits", descent(loss="-np.mean(np.log2(np.where(y == 1, p, 1 - p)))"), BOTH_DESCENTS),
        Wrong("begins at one", descent(start="np.ones(x.shape[1]), 1.0"), BOTH_DESCENTS),
        Wrong("one loss too few", descent(count="steps"), BOTH_DESCENTS),
        Wrong(
            "no minus", descent(loss="np.mean(np.log(np.where(y == 1, p, 1 - p)))"), BOTH_DESCENTS
        ),
        Wrong(
            "sum of the losses",
            descent(loss="-np.sum(np.log(np.where(y == 1, p, 1 - p)))"),
            BOTH_DESCENTS,
        ),
    ],
    "runs": [
        Wrong("all as it should be", RUNS.format('"nats", "nats", "nats"'), {"run-a", "run-b"}),
        Wrong("all bits", RUNS.format('"bits", "bits", "bits"'), {"run-b", "run-c"}),
        Wrong(
            "a slip in the word", RUNS.format('"Bits", "class", "nat"'), {"run-a", "run-b", "run-c"}
        ),
    ],
    "my-slopes": [
        Wrong(
            "sign of the slopes",
            MINE.format("true - p", STEP),
            {"my-slopes-values"},
            "gradient-sign",
        ),
        Wrong(
            "uphill",
            MINE.format("p - true", "z + rate * (p - true)"),
            {"my-logits-values"},
            "gradient-sign",
        ),
        Wrong(
            "diagonal only",
            MINE.format("(p - 1) * true", "z - rate * (p - 1) * true"),
            {"my-slopes-values", "my-logits-values"},
            "diagonal-jacobian",
        ),
        Wrong(
            "slope of the sigmoid twice",
            MINE.format("(p - true) * p * (1 - p)", STEP),
            {"my-slopes-values"},
            "sigmoid-slope-twice",
        ),
        Wrong("rate forgotten", MINE.format("p - true", "z - (p - true)"), {"my-logits-values"}),
    ],
}

RIGHT = {
    "nudged": [
        Right("the formula", "slopes = (celib.softmax(logits) - np.eye(3)[1]).tolist()"),
        Right("forward only", NUDGED.format("(loss(logits + h * e) - loss(logits)) / h")),
        Right("celib", "slopes = celib.numerical_gradient(loss, logits)"),
        Right(
            "single precision", "slopes = (celib.softmax(logits) - np.eye(3)[1]).astype(np.float32)"
        ),
    ],
    "slope": [
        Right("tanh", "def slope_nats(y, z):\n    return (1 + np.tanh(z / 2)) / 2 - y"),
        Right(
            "two branches",
            "import math\n\ndef slope_nats(y, z):\n    small = math.exp(-abs(z))\n"
            "    p = 1 / (1 + small) if z >= 0 else small / (1 + small)\n    return p - y",
        ),
    ],
    "weights": [
        Right(
            "loops",
            "def weight_slopes(x, y, w, b):\n    slopes = [0.0] * (len(w) + 1)\n"
            "    for row, truth in zip(x, y):\n"
            "        by_logit = 1 / (1 + np.exp(-(sum(row * w) + b))) - truth\n"
            "        for i, number in enumerate([*row, 1]):\n"
            "            slopes[i] += number * by_logit / len(y)\n    return slopes",
        ),
        Right(
            "a column of ones",
            "def weight_slopes(x, y, w, b):\n    wide = np.column_stack([x, np.ones(len(x))])\n"
            "    p = 1 / (1 + np.exp(-wide @ np.append(w, b)))\n"
            "    return wide.T @ (p - y) / len(y)",
        ),
    ],
    "descent": [
        Right("a list", descent(loss="float(np.mean(-np.log(np.where(y, p, 1 - p))))")),
        Right(
            "b as a weight",
            "def descend(x, y, rate, steps):\n    wide = np.column_stack([x, np.ones(len(x))])\n"
            "    w, losses = np.zeros(wide.shape[1]), np.zeros(steps + 1)\n"
            "    for step in range(steps + 1):\n        p = 1 / (1 + np.exp(-wide @ w))\n"
            "        losses[step] = -np.mean(y * np.log(p) + (1 - y) * np.log(1 - p))\n"
            "        w -= rate * wide.T @ (p - y) / len(y)\n    return losses",
        ),
    ],
    "runs": [
        Right("one by one", 'run_a = "bits"\nrun_b = "classes"\nrun_c = "nats"'),
        Right(
            "unpacked",
            'runs = {"a": "bits", "b": "classes", "c": "nats"}\n'
            "run_a, run_b, run_c = runs.values()",
        ),
    ],
    "my-slopes": [
        Right("lists", MINE.format("list(p - true)", f"list({STEP})")),
        Right("rounded", MINE.format("(p - true).round(4)", f"({STEP}).round(4)")),
        Right("single precision", MINE.format("np.float32(p - true)", f"np.float32({STEP})")),
    ],
}
