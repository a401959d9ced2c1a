"""Problem set 5: answers as they are handed in, by the cell that they stand in."""

from classroom.problem_sets.running import Right, Wrong

BASELINE = "def baseline_nats(prevalence):\n    return {}"
BALANCED = "def balanced_nats(y, p, alpha):\n    p_t = p if y == 1 else 1 - p\n    return {}"
ALPHA_T = "(alpha if y == 1 else 1 - alpha)"
WEIGHTS = "pos_weight, alpha = {}, {}"
FOCAL = "def focal_nats(y, p, gamma):\n    p_t = p if y == 1 else 1 - p\n    return {}"
SHARE = """
def share_of_sound(gamma):
    easy, hard = {}, {}
    return {}

first_gamma = {}
"""
EASY = "20_000 * 0.02**gamma * -np.log(0.98)"
HARD = "50 * 0.8**gamma * -np.log(0.2)"
PART = "easy / (easy + hard)"
MINE = """
stated, w = weight["probs"], weight["pos_weight"]
odds = stated / (1 - stated)
y, p, gamma, alpha = tile["targets"], tile["probs"], tile["gamma"], tile["alpha"]
p_t = p if y == 1 else 1 - p
alpha_t = alpha if y == 1 else 1 - alpha
my_share, my_focal_nats = {}, {}
"""
UNDONE = "odds / w / (1 + odds / w)"
FOCAL_T = "alpha_t * (1 - p_t) ** gamma * -np.log(p_t)"
BOTH_BASELINES = {"baseline-values", "baseline-mirror"}
BOTH_FOCALS = {"focal-values", "focal-factor"}

WRONG = {
    "baseline": [
        Wrong(
            "the positives alone",
            BASELINE.format("-prevalence * np.log(prevalence)"),
            BOTH_BASELINES,
            "negative-term-missing",
        ),
        Wrong("a coin", BASELINE.format("np.log(2)"), {"baseline-values"}, "good-without-baseline"),
        Wrong(
            "the majority",
            BASELINE.format("0.0"),
            {"baseline-values"},
            "optimum-is-the-majority",
        ),
        Wrong(
            "bits",
            BASELINE.format("-sum(q * np.log2(q) for q in (prevalence, 1 - prevalence))"),
            {"baseline-values"},
            "base-2-for-nats",
        ),
        Wrong(
            "no minus",
            BASELINE.format("sum(q * np.log(q) for q in (prevalence, 1 - prevalence))"),
            {"baseline-values"},
            "lost-minus",
        ),
    ],
    "balanced": [
        Wrong(
            "alpha on the sound ones",
            BALANCED.format("-(1 - alpha if y == 1 else alpha) * np.log(p_t)"),
            {"balanced-values"},
            "alpha-on-the-negatives",
        ),
        Wrong(
            "divided by alpha",
            BALANCED.format(f"-np.log(p_t) / {ALPHA_T}"),
            {"balanced-values"},
            "alpha-divides",
        ),
        Wrong("alpha on both", BALANCED.format("-alpha * np.log(p_t)"), {"balanced-values"}),
        Wrong(
            "bits",
            BALANCED.format(f"-{ALPHA_T} * np.log2(p_t)"),
            {"balanced-values"},
            "base-2-for-nats",
        ),
        Wrong(
            "only cracked ones pay",
            BALANCED.format("-alpha * y * np.log(p)"),
            {"balanced-values", "balanced-even"},
        ),
        Wrong(
            "sound ones weigh one",
            BALANCED.format("-(alpha if y == 1 else 1) * np.log(p_t)"),
            {"balanced-values", "balanced-even"},
        ),
    ],
    "weights": [
        Wrong(
            "inverted",
            WEIGHTS.format("cracked / sound", "0.975"),
            {"weights-positive"},
            "weight-inverted",
        ),
        Wrong(
            "by all tiles",
            WEIGHTS.format("2000 / 50", "0.975"),
            {"weights-positive"},
            "odds-as-probability",
        ),
        Wrong(
            "another scale",
            WEIGHTS.format("2000 / (2 * 50)", "0.975"),
            {"weights-positive"},
            "weights-normalised-otherwise",
        ),
        Wrong(
            "frequency",
            WEIGHTS.format("50 / 2000", "50 / 2000"),
            {"weights-positive", "weights-alpha"},
            "weight-is-frequency",
        ),
        Wrong("an even alpha", WEIGHTS.format("39", "0.5"), {"weights-alpha"}),
    ],
    "focal": [
        Wrong(
            "power of p",
            FOCAL.format("p_t**gamma * -np.log(p_t)"),
            BOTH_FOCALS,
            "power-of-p",
        ),
        Wrong(
            "times gamma",
            FOCAL.format("gamma * (1 - p_t) * -np.log(p_t)"),
            BOTH_FOCALS,
            "times-gamma",
        ),
        Wrong("p not flipped", FOCAL.format("(1 - p) ** gamma * -np.log(p_t)"), BOTH_FOCALS),
        Wrong("plain", FOCAL.format("-np.log(p_t)"), BOTH_FOCALS),
        Wrong(
            "bits",
            FOCAL.format("(1 - p_t) ** gamma * -np.log2(p_t)"),
            {"focal-values"},
            "base-2-for-nats",
        ),
        Wrong(
            "no minus",
            FOCAL.format("(1 - p_t) ** gamma * np.log(p_t)"),
            {"focal-values"},
            "lost-minus",
        ),
    ],
    "share": [
        Wrong(
            "of the tiles",
            SHARE.format("20_000 * 0.02**gamma", "50 * 0.8**gamma", PART, "0.5"),
            {"share-values"},
        ),
        Wrong(
            "one tile of each",
            SHARE.format("0.02**gamma * -np.log(0.98)", "0.8**gamma * -np.log(0.2)", PART, "0"),
            {"share-values", "share-first"},
        ),
        Wrong(
            "the cracked ones",
            SHARE.format(EASY, HARD, "hard / (easy + hard)", "0.5"),
            {"share-values"},
        ),
        Wrong("one step late", SHARE.format(EASY, HARD, PART, "0.75"), {"share-first"}),
        Wrong("a ratio", SHARE.format(EASY, HARD, "easy / hard", "0.5"), {"share-values"}),
    ],
    "my-answers": [
        Wrong(
            "at face value",
            MINE.format("stated", FOCAL_T),
            {"my-share-value"},
            "weighted-probability-at-face-value",
        ),
        Wrong(
            "divided by the weight",
            MINE.format("stated / w", FOCAL_T),
            {"my-share-value"},
            "odds-as-probability",
        ),
        Wrong(
            "weighted once more",
            MINE.format("odds * w / (1 + odds * w)", FOCAL_T),
            {"my-share-value"},
            "weight-inverted",
        ),
        Wrong(
            "alpha on the sound ones",
            MINE.format(UNDONE, "(1 - alpha_t) * (1 - p_t) ** gamma * -np.log(p_t)"),
            {"my-focal-value"},
            "alpha-on-the-negatives",
        ),
        Wrong(
            "power of p",
            MINE.format(UNDONE, "alpha_t * p_t**gamma * -np.log(p_t)"),
            {"my-focal-value"},
            "power-of-p",
        ),
        Wrong(
            "without alpha",
            MINE.format(UNDONE, "(1 - p_t) ** gamma * -np.log(p_t)"),
            {"my-focal-value"},
            "gamma-zero-forgets-alpha",
        ),
    ],
}

RIGHT = {
    "baseline": [
        Right(
            "a loop", BASELINE.format("sum(q * -np.log(q) for q in (prevalence, 1 - prevalence))")
        ),
        Right(
            "log1p",
            "import math\n\ndef baseline_nats(prevalence):\n    rest = 1 - prevalence\n"
            "    return -prevalence * math.log(prevalence) - rest * math.log1p(-prevalence)",
        ),
        Right(
            "celib",
            "import celib\n\n" + BASELINE.format("celib.entropy([prevalence, 1 - prevalence])"),
        ),
    ],
    "balanced": [
        Right(
            "one formula",
            BALANCED.format("-alpha * y * np.log(p) - (1 - alpha) * (1 - y) * np.log(1 - p)"),
        ),
        Right("weight and price", BALANCED.format(f"{ALPHA_T} * -np.log(p_t)")),
        Right(
            "celib",
            "import celib\n\n" + BALANCED.format("celib.balanced_cross_entropy(y, p, alpha=alpha)"),
        ),
    ],
    "weights": [
        Right("numbers", WEIGHTS.format("39", "0.975")),
        Right("shares", WEIGHTS.format("(1 - 0.025) / 0.025", "1 - 50 / 2000")),
        Right("arrays", WEIGHTS.format("np.array([39.0])", "np.float32(39 / 40)")),
    ],
    "focal": [
        Right("distance", FOCAL.format("abs(y - p) ** gamma * -np.log(1 - abs(y - p))")),
        Right(
            "through the loss", FOCAL.format("(1 - np.exp(np.log(p_t))) ** gamma * np.log(1 / p_t)")
        ),
        Right("celib", "import celib\n\n" + FOCAL.format("celib.focal_loss(y, p, gamma=gamma)")),
    ],
    "share": [
        Right("single precision", SHARE.format(EASY, HARD, f"np.float32({PART})", "1 / 2")),
        Right("inverse", SHARE.format(EASY, HARD, "1 / (1 + hard / easy)", "0.5")),
        Right(
            "celib and a search",
            "import celib\n\ndef share_of_sound(gamma):\n"
            "    easy = 20_000 * celib.focal_loss(0, 0.02, gamma=gamma)\n"
            "    return easy / (easy + 50 * celib.focal_loss(1, 0.2, gamma=gamma))\n\n"
            "first_gamma = min(g for g in (0, 0.25, 0.5, 0.75, 1) if share_of_sound(g) < 0.5)",
        ),
    ],
    "my-answers": [
        Right("through the logit", MINE.format("1 / (1 + w / odds)", FOCAL_T)),
        Right("rounded", MINE.format(f"round({UNDONE}, 5)", f"[round({FOCAL_T}, 7)]")),
        Right(
            "celib",
            "import celib\n\nmy_share = celib.undo_weighting(**weight)\n"
            "my_focal_nats = celib.focal_loss(**tile)",
        ),
    ],
}
