"""Plain data crosses; what lies about itself arrives as what it is; the rest does not cross."""

import base64
import json
import math
import socket
import struct
import time
from fractions import Fraction

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from hypothesis.extra import numpy as arrays

from celib.classroom.inside import wire
from celib.classroom.inside.packing import Unpackable, pack, unpack

plain = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats(allow_nan=False) | st.text(),
    lambda inner: (
        st.lists(inner)
        | st.tuples(inner, inner)
        | st.dictionaries(st.text() | st.integers(), inner)
    ),
    max_leaves=20,
)


def crossed(value):
    return unpack(json.loads(json.dumps(pack(value), allow_nan=False)))


@given(plain)
def test_plain_data_crosses(value):
    assert crossed(value) == value
    assert repr(crossed(value)) == repr(value)  # 1, 1.0 and True are equal, and not the same


@given(arrays.arrays(arrays.scalar_dtypes().filter(lambda t: t.kind in "biuf"), (2, 3)))
def test_arrays_cross(array):
    if array.dtype.itemsize > 8:
        return
    there = crossed(array)
    assert there.dtype == array.dtype.newbyteorder("=")
    np.testing.assert_array_equal(there, array)


@pytest.mark.parametrize("value", [math.inf, -math.inf, ..., np.float32(0.1), np.array(2.5)])
def test_special_values_cross(value):
    assert crossed(value) == value
    assert type(crossed(value)) is type(value) or np.ndim(value) == 0


def test_numpys_scalars_arrive_as_such_and_its_texts_as_text():
    assert type(crossed(np.float64(0.5))) is np.float64
    name = np.array(["cat", "dog"])[1]
    assert type(crossed(name)) is str
    assert crossed(name) == "dog"


def test_nan_crosses():
    assert math.isnan(crossed(math.nan))


class Liar(float):
    __hash__ = float.__hash__

    def __eq__(self, other):
        return True

    def __float__(self):
        return 1.0

    def __add__(self, other):
        return 1.0

    __radd__ = __add__


class ListLiar(list):
    def __iter__(self):
        return iter([1, 1])


@pytest.mark.parametrize(
    "value,truth",
    [(Liar(3), 3.0), (ListLiar([5]), [5]), (Fraction(7, 4), 1.75)],
)
def test_who_lies_about_itself_arrives_as_what_it_is(value, truth):
    there = crossed(value)
    assert type(there) is type(truth)
    assert there == truth


def itself():
    found = []
    found.append(found)
    return found


@pytest.mark.parametrize("around", [lambda x: [x], lambda x: (x,), lambda x: {"a": x}])
def test_what_is_nested_too_deep_is_refused(around):
    value = 1
    for _ in range(12):
        value = around(value)
    assert crossed(value) == value
    with pytest.raises(Unpackable, match="nested more than 12 deep"):
        pack(around(value))


@pytest.mark.parametrize(
    "value",
    [itself(), [[]] * 300_000, "x" * 300_000, 10**400, np.zeros(300_000)],
    ids=["itself", "many", "long", "large", "array"],
)
def test_too_much_is_refused(value):
    with pytest.raises(Unpackable):
        pack(value)


def test_objects_cross_as_their_name_only():
    assert repr(crossed(object())) == "an object of type object"
    assert repr(crossed(np.array([object()]))[0]) == "an object of type object"


@pytest.mark.parametrize(
    "data",
    [
        {},
        {"array": ["O", [1], ""]},
        {"array": ["<f8", [4], base64.b64encode(bytes(8)).decode()]},
        {"array": ["<f8", [-1, 10**12], ""]},
        {"eval": "1"},
        {"function": "f"},
        {"dict": [[[], 1]]},
        {"float": "1e999"},
        {"tuple": None},
        [{"a": 1, "b": 2}],
    ],
    ids=str,
)
def test_what_nobody_packed_is_refused(data):
    with pytest.raises(Unpackable):
        unpack(data)


@pytest.fixture
def ends():
    ours, theirs = socket.socketpair()
    with ours, theirs:
        yield ours.fileno(), theirs


def test_messages_cross(ends):
    ours, theirs = ends
    wire.send(theirs.fileno(), {"value": [1, 2]})
    assert wire.receive(ours, 100) == {"value": [1, 2]}


@pytest.mark.parametrize(
    "said",
    [
        b"\xff\xff\xff\xff",
        struct.pack(">I", 4) + b"nope",
        struct.pack(">I", 2) + b"[]",
        struct.pack(">I", 5000) + b"[" * 5000,
        struct.pack(">I", 9000) + b"1" * 9000,
    ],
    ids=["too much", "no JSON", "no message", "deep", "enormous number"],
)
def test_what_is_no_message_breaks_the_conversation(ends, said):
    ours, theirs = ends
    theirs.sendall(said)
    with pytest.raises(wire.Broken):
        wire.receive(ours, 10_000, time.monotonic() + 5)


def test_silence_is_not_waited_for(ends):
    ours, theirs = ends
    theirs.sendall(b"\x00\x00")  # the beginning of a length, and no more
    with pytest.raises(wire.Late):
        wire.receive(ours, 100, time.monotonic() + 0.1)


def test_who_has_gone_is_noticed(ends):
    ours, theirs = ends
    theirs.close()
    with pytest.raises(wire.Broken):
        wire.receive(ours, 100)
    with pytest.raises(wire.Broken):
        wire.send(ours, {"do": "run"})
