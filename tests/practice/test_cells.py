"""The cells of an exercise, word for word: as a page has them, and as somebody solved them."""

from celib.practice import Exercise
from celib.practice.cells import right_letters, solved, unsolved

ABOUT = {"ask": "?", "next": "?", "hints": ["1", "2"], "solution": "!"}
NUMBER = Exercise(
    id="test/number",
    kind="number",
    inputs={"targets": 0, "animal": "dog", "probs": [0.5, 0.25]},
    answer="\np = probs[targets]\n-np.log(p)\n",
    **ABOUT,
)
START = """
def half(x):
    return x / 2


def loss(p):
    def inner(x):
        return x

    ...
"""
ANSWER = """
def my_loss(p):
    def inner(x):
        return -np.log(x)

    return inner(p)
"""


def with_seed(asked, seed):
    return Exercise(**{**vars(asked), "seed": seed})


def test_without_a_start_the_dots_are_the_answer():
    assert unsolved(NUMBER) == 'check("test/number", ...)'
    assert unsolved(with_seed(NUMBER, 0)) == 'check("test/number", ..., seed=0)'
    assert unsolved(with_seed(NUMBER, "Ada")) == "check(\"test/number\", ..., seed='Ada')"


def test_a_number_is_solved_with_its_inputs_above():
    assert solved(NUMBER) == (
        "targets = 0\n"
        "animal = 'dog'\n"
        "probs = np.array([0.5, 0.25])\n"
        "p = probs[targets]\n"
        'check("test/number", -np.log(p))'
    )


def test_of_a_function_the_last_one_that_stands_at_the_margin_is_checked():
    asked = Exercise(id="test/function", kind="function", start=START, answer=ANSWER, **ABOUT)
    assert unsolved(asked) == START.strip() + '\n\n\ncheck("test/function", loss)'
    assert solved(with_seed(asked, 7)) == (
        ANSWER.strip() + '\n\n\ncheck("test/function", my_loss, seed=7)'
    )


def test_letters_name_the_right_option_and_the_lines_in_their_order():
    wrong = [{"text": text, "mistake": "lost-minus"} for text in "bcd"]
    options = [{"text": "a", "right": True}, *wrong]
    choice = Exercise(id="test/choice", kind="choice", answer="", options=options, **ABOUT)
    decoys = [{"line": "return 2", "mistake": "lost-minus"}]
    lines = ["x = 1", "y = 2", "return 1"]
    order = Exercise(id="test/order", kind="order", answer="", lines=lines, decoys=decoys, **ABOUT)
    for seed in range(9):
        asked = with_seed(choice, seed)
        letter = "ABCD"[[one["text"] for one in asked.shuffled_options()].index("a")]
        assert right_letters(asked) == letter
        assert solved(asked) == f'check("test/choice", "{letter}", seed={seed})'
        asked = with_seed(order, seed)
        letters = "".join("ABCD"[asked.shuffled_lines().index(line)] for line in lines)
        assert right_letters(asked) == letters
        assert solved(asked) == f'check("test/order", "{letters}", seed={seed})'
