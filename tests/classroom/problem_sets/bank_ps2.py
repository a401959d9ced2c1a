"""Problem set 2: answers as they are handed in, by the cell that they stand in."""

from classroom.problem_sets.running import Right, Wrong

TEMPERED = """
def tempered(logits, temperature):
    z = np.asarray(logits, float) {}
    powers = np.exp(z - np.max(z))
    return {}
"""
DIVIDED = "powers / np.sum(powers)"
LOSS = """
def loss_nats(label, logits):
    z = np.asarray(logits, float) - np.max(logits)
    log_p = z - np.log(np.sum(np.exp(z)))
    return {}
"""
BOTH_LOSSES = {"loss-values", "loss-large"}
LEAVES = """
labels = {labels}
each_nats = {each}
mean_nats = {mean}
"""
RIGHT_LEAVES = {
    "labels": "[0, 1, 2, 3, 0]",
    "each": "-np.log(machine_a[np.arange(5), [0, 1, 2, 3, 0]])",
    "mean": "np.mean(-np.log([0.7, 0.8, 0.01, 0.6, 0.9]))",
}
COMPARE = """
accuracy_b, mean_b_nats, smaller_loss = {accuracy}, {mean}, {better}
"""
RIGHT_COMPARE = {
    "accuracy": "3 / 5",
    "mean": "-np.mean(np.log([0.4, 0.5, 0.4, 0.4, 0.35]))",
    "better": '"B"',
}
MINE = """
z, label = np.array(mine["logits"]), mine["targets"]
p = np.exp(z) / np.sum(np.exp(z))
my_loss_bits = {}
"""
TYPICAL = "def typical_probability(losses_bits):\n    return {}"


def leaves(**others):
    return LEAVES.format(**(RIGHT_LEAVES | others))


def compare(**others):
    return COMPARE.format(**(RIGHT_COMPARE | others))


WRONG = {
    "tempered": [
        Wrong(
            "multiplied",
            TEMPERED.format("* temperature", DIVIDED),
            {"tempered-values"},
            "temperature-multiplied",
        ),
        Wrong(
            "temperature ignored",
            TEMPERED.format("", DIVIDED),
            {"tempered-values"},
            "only-ratios-matter",
        ),
        Wrong(
            "overflow",
            "def tempered(logits, temperature):\n    powers = np.exp(logits / temperature)\n"
            "    return powers / np.sum(powers)",
            {"tempered-large"},
        ),
        Wrong(
            "divided by the sum",
            "def tempered(logits, temperature):\n    return logits / np.sum(logits)",
            {"tempered-values", "tempered-large"},
            "divided-by-the-sum",
        ),
        Wrong(
            "not normalised",
            TEMPERED.format("/ temperature", "powers"),
            {"tempered-values"},
        ),
        Wrong(
            "twice",
            "def softmax(z):\n    powers = np.exp(z - np.max(z))\n"
            "    return powers / powers.sum()\n\n"
            "def tempered(logits, temperature):\n"
            "    return softmax(softmax(logits / temperature))",
            {"tempered-values"},
            "softmax-twice",
        ),
    ],
    "loss": [
        Wrong(
            "logarithm of a softmax",
            LOSS.format("-np.log(np.exp(z) / np.sum(np.exp(z)))[label]"),
            {"loss-large"},
        ),
        Wrong(
            "clipped",
            LOSS.format("-np.log(max(np.exp(log_p[label]), 1e-15))"),
            {"loss-large"},
        ),
        Wrong("no minus", LOSS.format("log_p[label]"), {"loss-values"}, "lost-minus"),
        Wrong("bits", LOSS.format("-log_p[label] / np.log(2)"), {"loss-values"}, "base-2-for-nats"),
        Wrong(
            "label counted from one",
            LOSS.format("-log_p[(label + 1) % len(z)]"),
            BOTH_LOSSES,
            "label-counted-from-one",
        ),
        Wrong(
            "the predicted class",
            LOSS.format("-np.max(log_p)"),
            {"loss-values", "loss-large"},
            "predicted-class-charged",
        ),
        Wrong(
            "divided by the classes",
            LOSS.format("-log_p[label] / len(z)"),
            {"loss-values", "loss-large"},
            "divided-by-the-classes",
        ),
    ],
    "leaves": [
        Wrong("labels from one", leaves(labels="[1, 2, 3, 4, 1]"), {"leaves-labels"}),
        Wrong("names", leaves(labels="truth"), {"leaves-labels"}),
        Wrong(
            "the predicted class",
            leaves(
                each="-np.log(machine_a.max(axis=1))", mean="-np.mean(np.log(machine_a.max(1)))"
            ),
            {"leaves-each", "leaves-mean"},
            "predicted-class-charged",
        ),
        Wrong("bits", leaves(each="-np.log2([0.7, 0.8, 0.01, 0.6, 0.9])"), {"leaves-each"}),
        Wrong(
            "sum",
            leaves(mean="np.sum(-np.log([0.7, 0.8, 0.01, 0.6, 0.9]))"),
            {"leaves-mean"},
            "sum-for-mean",
        ),
        Wrong(
            "logarithm of the mean",
            leaves(mean="-np.log(np.mean([0.7, 0.8, 0.01, 0.6, 0.9]))"),
            {"leaves-mean"},
            "average-probability",
        ),
        Wrong(
            "mean over the table",
            leaves(mean="-np.sum(np.log([0.7, 0.8, 0.01, 0.6, 0.9])) / machine_a.size"),
            {"leaves-mean"},
            "divided-by-the-classes",
        ),
    ],
    "compare": [
        Wrong("a number of leaves", compare(accuracy="3"), {"compare-accuracy"}),
        Wrong("accuracy of A", compare(accuracy="4 / 5"), {"compare-accuracy"}),
        Wrong(
            "bits",
            compare(mean="-np.mean(np.log2([0.4, 0.5, 0.4, 0.4, 0.35]))"),
            {"compare-loss"},
            "base-2-for-nats",
        ),
        Wrong(
            "one minus p",
            compare(mean="1 - np.mean([0.4, 0.5, 0.4, 0.4, 0.35])"),
            {"compare-loss"},
            "one-minus-p",
        ),
        Wrong("the more accurate", compare(better='"A"'), {"compare-verdict"}),
    ],
    "my-loss": [
        Wrong("nats", MINE.format("-np.log(p[label])"), {"my-loss-value"}, "natural-log-for-bits"),
        Wrong(
            "label from one",
            MINE.format("-np.log2(p[(label + 1) % 4])"),
            {"my-loss-value"},
            "label-counted-from-one",
        ),
        Wrong(
            "softmax twice",
            MINE.format("-np.log2(np.exp(p[label]) / np.sum(np.exp(p)))"),
            {"my-loss-value"},
            "softmax-twice",
        ),
        Wrong(
            "wrong classes charged",
            MINE.format(
                "-np.log2(p[label]) - sum(np.log2(1 - p[k]) for k in range(4) if k != label)"
            ),
            {"my-loss-value"},
            "wrong-classes-charged",
        ),
        Wrong(
            "another student",
            'mine = inputs_for("grace", "categorical cross-entropy from logits", unit="bits")'
            + MINE.format("-np.log2(p[label])"),
            {"my-loss-value"},
        ),
    ],
    "typical": [
        Wrong(
            "e",
            TYPICAL.format("np.exp(-np.mean(losses_bits))"),
            {"typical-values"},
            "another-base-undone",
        ),
        Wrong(
            "no minus",
            TYPICAL.format("2 ** np.mean(losses_bits)"),
            {"typical-values"},
            "lost-minus",
        ),
        Wrong(
            "ten", TYPICAL.format("10.0 ** -np.mean(losses_bits)"), {"typical-values"}, "base-10"
        ),
        Wrong(
            "mean of probabilities",
            TYPICAL.format("np.mean(2.0 ** -losses_bits)"),
            {"typical-values"},
        ),
    ],
}

RIGHT = {
    "tempered": [
        Right(
            "a list",
            "import math\n\ndef tempered(logits, temperature):\n    top = max(logits)\n"
            "    powers = [math.exp((z - top) / temperature) for z in logits]\n"
            "    return [power / sum(powers) for power in powers]",
        ),
        Right(
            "through the logarithm",
            "def tempered(logits, temperature):\n    z = logits / temperature\n"
            "    return np.exp(z - np.logaddexp.reduce(z))",
        ),
        Right(
            "single precision at the end",
            TEMPERED.format("/ temperature", f"({DIVIDED}).astype(np.float32)"),
        ),
    ],
    "loss": [
        Right(
            "logaddexp",
            "def loss_nats(label, logits):\n    return np.logaddexp.reduce(logits) - logits[label]",
        ),
        Right(
            "differences",
            "def loss_nats(label, logits):\n    behind = logits - logits[label]\n"
            "    top = behind.max()\n"
            "    return top + np.log(sum(np.exp(one - top) for one in behind))",
        ),
        Right("a one-hot row", LOSS.format("-np.sum(np.eye(len(z))[label] * log_p)")),
    ],
    "leaves": [
        Right(
            "a loop",
            "labels, each_nats = [], []\nfor row, name in zip(machine_a, truth):\n"
            "    labels.append(species.index(name))\n"
            "    each_nats.append(-np.log(row[labels[-1]]))\nmean_nats = sum(each_nats) / 5",
        ),
        Right(
            "arrays",
            leaves(labels="np.array([0, 1, 2, 3, 0])", mean="np.array([1.1602])"),
        ),
        Right("rounded", leaves(each="[0.3567, 0.2231, 4.6052, 0.5108, 0.1054]", mean="1.160")),
    ],
    "compare": [
        Right("numbers", compare(accuracy="0.6", mean="0.8984")),
        Right("single precision", compare(accuracy="np.float32(0.6)", mean="np.float32(0.898367)")),
    ],
    "my-loss": [
        Right("base two", MINE.format("-np.log2(p[label])")),
        Right("a list", MINE.format("[round(float(-np.log2(p[label])), 4)]")),
        Right(
            "celib",
            "from celib import categorical_cross_entropy_from_logits as loss\n\n"
            "my_loss_bits = loss(**mine, unit='bits')",
        ),
    ],
    "typical": [
        Right("a product", TYPICAL.format("np.prod(0.5 ** losses_bits) ** (1 / len(losses_bits))")),
        Right(
            "through nats",
            TYPICAL.format("np.exp(-np.log(2) * sum(losses_bits) / len(losses_bits))"),
        ),
        Right("a list", TYPICAL.format("[0.5 ** float(np.mean(losses_bits))][0]")),
    ],
}
