"""Problem set 1: answers as they are handed in, by the cell that they stand in."""

from classroom.problem_sets.running import Right, Wrong

SURPRISAL = "def surprisal_bits(p):\n    return {}"
ENTROPY = "def entropy_bits(p):\n    {}"
WEEK = "week_bits = {}"
LENGTHS = "def code_lengths(p):\n    return {}"
MEAN = "def mean_length_bits(p, lengths):\n    return {}"
EXTRA = "def extra_bits(p, q):\n    return {}"
MINE = """
p, q = np.array(mine["p"]), np.array(mine["q"])
my_bill_bits, my_saving_bits = {}, {}
"""
BILL, SAVING = "-np.sum(p * np.log2(q))", "np.sum(p * np.log2(p / q))"
BOTH_ENTROPIES = {"entropy-values", "entropy-of-impossible"}
BOTH_MINE = {"my-bill", "my-saving"}

WRONG = {
    "surprisal": [
        Wrong("nats", SURPRISAL.format("-np.log(p)"), {"surprisal-values"}, "natural-log-for-bits"),
        Wrong("bans", SURPRISAL.format("-np.log10(p)"), {"surprisal-values"}, "base-10"),
        Wrong("no minus", SURPRISAL.format("np.log2(p)"), {"surprisal-values"}, "lost-minus"),
        Wrong("contribution", SURPRISAL.format("-p * np.log2(p)"), {"surprisal-values"}),
        Wrong(
            "printed only", "def surprisal_bits(p):\n    print(-np.log2(p))", {"surprisal-values"}
        ),
    ],
    "entropy": [
        Wrong(
            "0 log 0 is nan",
            ENTROPY.format("return -np.sum(p * np.log2(p))"),
            {"entropy-of-impossible"},
            "zero-times-log-zero",
        ),
        Wrong(
            "nats",
            ENTROPY.format("p = p[p > 0]\n    return -np.sum(p * np.log(p))"),
            {"entropy-values"},
            "natural-log-for-bits",
        ),
        Wrong(
            "no minus",
            ENTROPY.format("p = p[p > 0]\n    return np.sum(p * np.log2(p))"),
            {"entropy-values"},
            "lost-minus",
        ),
        Wrong(
            "mean for sum",
            ENTROPY.format("q = p[p > 0]\n    return -np.sum(q * np.log2(q)) / len(p)"),
            BOTH_ENTROPIES,
            "divided-by-the-classes",
        ),
        Wrong(
            "plain average",
            ENTROPY.format("return np.mean(-np.log2(p[p > 0]))"),
            {"entropy-values"},
            "surprisals-not-weighted",
        ),
        Wrong(
            "sum without weights",
            ENTROPY.format("return -np.sum(np.log2(p[p > 0]))"),
            {"entropy-values"},
            "surprisals-added",
        ),
        Wrong(
            "at most one",
            ENTROPY.format("q = p[p > 0]\n    return -np.sum(q * np.log2(q)) / np.log2(len(p))"),
            BOTH_ENTROPIES,
            "entropy-at-most-one",
        ),
        Wrong(
            "an epsilon in the logarithm",
            ENTROPY.format("return -np.sum(p * np.log2(p + 1e-3))"),
            {"entropy-values"},
        ),
        Wrong("the answer of the example", ENTROPY.format("return 1.75"), {"entropy-values"}),
    ],
    "week-entropy": [
        Wrong(
            "nats",
            WEEK.format("-np.sum(shares * np.log(shares))"),
            {"week-value"},
            "natural-log-for-bits",
        ),
        Wrong(
            "a share of the ceiling",
            WEEK.format("-np.sum(shares * np.log2(shares)) / 2"),
            {"week-value"},
            "entropy-at-most-one",
        ),
        Wrong(
            "counts",
            WEEK.format("-sum(n * np.log2(n) for n in visits.values())"),
            {"week-value"},
            "counts-not-probabilities",
        ),
        Wrong("plain average", WEEK.format("np.mean(-np.log2(shares))"), {"week-value"}),
        Wrong("nothing", "pass", {"week-value"}),
    ],
    "lengths": [
        Wrong(
            "rounded", LENGTHS.format("np.round(-np.log2(p))"), {"lengths-values", "lengths-kraft"}
        ),
        Wrong(
            "cut off", LENGTHS.format("np.floor(-np.log2(p))"), {"lengths-values", "lengths-kraft"}
        ),
        Wrong("nats", LENGTHS.format("np.ceil(-np.log(p))"), {"lengths-values", "lengths-kraft"}),
        Wrong("one too long", LENGTHS.format("np.floor(-np.log2(p)) + 1"), {"lengths-values"}),
        Wrong("not whole", LENGTHS.format("-np.log2(p)"), {"lengths-values"}),
    ],
    "mean-length": [
        Wrong(
            "plain average",
            MEAN.format("np.mean(lengths)"),
            {"mean-length-value"},
            "surprisals-not-weighted",
        ),
        Wrong("sum without weights", MEAN.format("np.sum(lengths)"), {"mean-length-value"}),
        Wrong(
            "entropy",
            MEAN.format("-np.sum(p * np.log2(p))"),
            {"mean-length-value"},
            "entropy-for-cross-entropy",
        ),
        Wrong(
            "divided by the birds",
            MEAN.format("np.mean(p * lengths)"),
            {"mean-length-value"},
            "divided-by-the-classes",
        ),
    ],
    "extra": [
        Wrong(
            "the other way round",
            EXTRA.format("np.sum(q * np.log2(q / p))"),
            {"extra-values"},
            "divergence-reversed",
        ),
        Wrong(
            "the whole bill",
            EXTRA.format("-np.sum(p * np.log2(q))"),
            {"extra-values", "extra-nothing"},
            "divergence-for-cross-entropy",
        ),
        Wrong(
            "negative",
            EXTRA.format("np.sum(p * np.log2(q / p))"),
            {"extra-values", "extra-nothing"},
            "negative-divergence-accepted",
        ),
        Wrong(
            "nats",
            EXTRA.format("np.sum(p * np.log(p / q))"),
            {"extra-values"},
            "natural-log-for-bits",
        ),
        Wrong("distance", EXTRA.format("np.sum(np.abs(p - q))"), {"extra-values"}),
    ],
    "my-bits": [
        Wrong(
            "swapped",
            MINE.format("-np.sum(q * np.log2(p))", SAVING),
            {"my-bill"},
            "truth-and-model-swapped",
        ),
        Wrong(
            "the entropy",
            MINE.format("-np.sum(p * np.log2(p))", SAVING),
            {"my-bill"},
            "entropy-for-cross-entropy",
        ),
        Wrong(
            "reversed",
            MINE.format(BILL, "np.sum(q * np.log2(q / p))"),
            {"my-saving"},
            "divergence-reversed",
        ),
        Wrong(
            "nats",
            MINE.format("-np.sum(p * np.log(q))", "np.sum(p * np.log(p / q))"),
            BOTH_MINE,
            "natural-log-for-bits",
        ),
        Wrong(
            "numbers of a neighbour",
            'mine = inputs_for("grace", "cross-entropy", unit="bits")' + MINE.format(BILL, SAVING),
            BOTH_MINE,
        ),
    ],
}

RIGHT = {
    "surprisal": [
        Right("math", "import math\n\ndef surprisal_bits(p):\n    return math.log2(1 / p)"),
        Right("another base", SURPRISAL.format("-np.log(p) / np.log(2)")),
        Right("single precision", SURPRISAL.format("np.float32(-np.log2(p))")),
        Right(
            "celib",
            "import celib\n\ndef surprisal_bits(p):\n    return celib.surprisal(p, unit='bits')",
        ),
    ],
    "entropy": [
        Right(
            "a loop",
            "def entropy_bits(p):\n    total = 0\n    for share in p:\n"
            "        if share > 0:\n            total -= share * np.log2(share)\n    return total",
        ),
        Right("an array", ENTROPY.format("return np.array(-sum(x * np.log2(x) for x in p if x))")),
        Right("where", ENTROPY.format("return -np.sum(p * np.log2(np.where(p > 0, p, 1)))")),
        Right("nansum", ENTROPY.format("return -np.nansum(p * np.log2(p))")),
    ],
    "week-entropy": [
        Right(
            "from counts",
            WEEK.format("np.log2(500) - sum(n * np.log2(n) for n in visits.values()) / 500"),
        ),
        Right("four digits", WEEK.format("1.595")),
    ],
    "lengths": [
        Right(
            "a list",
            "import math\n\ndef code_lengths(p):\n    return [math.ceil(-math.log2(x)) for x in p]",
        ),
        Right("floats", LENGTHS.format("np.ceil(np.log2(1 / p))")),
        Right(
            "counting halvings",
            "def code_lengths(p):\n    lengths = []\n    for share in p:\n        bits = 0\n"
            "        while 0.5**bits > share:\n            bits += 1\n"
            "        lengths.append(bits)\n    return tuple(lengths)",
        ),
    ],
    "mean-length": [
        Right("dot", MEAN.format("p @ lengths")),
        Right("a loop", MEAN.format("sum(a * b for a, b in zip(p, lengths))")),
        Right("average", MEAN.format("np.average(lengths, weights=p)")),
    ],
    "extra": [
        Right("difference", EXTRA.format("np.sum(p * np.log2(p)) - np.sum(p * np.log2(q))")),
        Right("a loop", EXTRA.format("sum(a * np.log2(a / b) for a, b in zip(p, q))")),
        Right(
            "celib",
            "import celib\n\n" + EXTRA.format("celib.kl_divergence(p, q, unit='bits')"),
        ),
    ],
    "my-bits": [
        Right("lists", MINE.format("[float(-p @ np.log2(q))]", "float(p @ np.log2(p / q))")),
        Right("rounded", MINE.format(f"round({BILL}, 4)", f"round({SAVING}, 4)")),
        Right("single precision", MINE.format(f"np.float32({BILL})", f"np.float32({SAVING})")),
    ],
}
