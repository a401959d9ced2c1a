"""The labels of a picture: apart, and in their order."""

from celib.figures.labels import spread


def test_labels_move_apart_and_keep_their_order():
    assert spread([0, 0.1, 5], gap=1) == [0, 1, 5]
    assert spread([2, 1.9], gap=0.5, highest=2) == [2, 1.5]
    assert spread([], gap=1) == []
    assert spread([0, 0], gap=0.5) == [0, 0.5]
    # fifty at each of two places, which a fast sort would mix
    assert spread([1, 0] * 50, gap=1) == [place for k in range(50) for place in (50 + k, k)]
