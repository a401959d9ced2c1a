"""The labels of a picture: apart, and in their order."""

from celib.figures.labels import spread


def test_labels_move_apart_and_keep_their_order():
    assert spread([0, 0.1, 5], gap=1) == [0, 1, 5]
    assert spread([2, 1.9], gap=0.5, highest=2) == [2, 1.5]
    assert spread([], gap=1) == []
    assert spread([0, 0], gap=0.5) == [0, 0.5]
    assert spread([0] * 100, gap=1) == list(range(100))  # a fast sort would mix them
