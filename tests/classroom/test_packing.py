"""Plain data crosses; what lies about itself arrives as what it is; the rest does not cross."""

import base64
import json
import math
import socket
import struct
import threading
import time
from fractions import Fraction

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from hypothesis.extra import numpy as arrays

from celib.classroom.inside import packing, wire
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
        wire.receive(ours, 10_000, time.monotonic() + 60)


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


@pytest.mark.parametrize(
    "most,over,said",
    [
        ([0] * 199_999, [0] * 200_000, "It has more than 200,000 parts."),
        ("x" * 200_000, "x" * 200_001, "a text of 200,001 characters; at most 200,000 go."),
        (1 << 1024, (1 << 1024) + 1, "a number too large for any question here."),
        (-1 << 1024, (-1 << 1024) - 1, "a number too large for any question here."),
        (np.zeros(200_000), np.zeros(200_001), "array of 200,001 numbers; at most 200,000 go."),
    ],
    ids=["parts", "text", "integer", "negative", "array"],
)
def test_as_much_as_is_allowed_crosses_and_no_more(most, over, said):
    assert np.array_equal(crossed(most), most)
    with pytest.raises(Unpackable) as told:
        pack(over)
    assert str(told.value).endswith(said)


def test_parts_are_counted_at_every_depth(monkeypatch):
    monkeypatch.setattr(packing, "MOST_PARTS", 6)
    assert crossed([(1,), {"a": 2}]) == [(1,), {"a": 2}]  # three holders, two numbers, one key
    with pytest.raises(Unpackable, match="more than 6 parts"):
        pack([(1,), {"a": 2}, 3])


class Named:
    def __array__(self, dtype=None, copy=None):
        return np.array([1.0, 2.0])


@pytest.mark.parametrize(
    "value,packed",
    [
        (np.array(["a"]), {"other": "array of <U1"}),
        (np.array([1j]), {"other": "array of complex128"}),
        (np.array(None), {"other": "array of object"}),
        (np.array([None, 1], object), [None, 1]),
        (type("N" * 90, (), {})(), {"other": "N" * 80}),
        (math.inf, {"float": "inf"}),
        (abs, {"other": "builtin_function_or_method"}),
        (..., {"dots": True}),
        (True, True),
        (np.array([1, 2], ">i2"), {"array": ["<i2", [2], "AQACAA=="]}),
        (np.array([[True]]), {"array": ["|b1", [1, 1], "AQ=="]}),
        (np.uint8(7), {"array": ["|u1", [], "Bw=="]}),
        (Named(), pack(np.array([1.0, 2.0]))),
    ],
    ids=repr,
)
def test_how_values_are_written(value, packed):
    assert pack(value) == packed


@pytest.mark.skipif(np.dtype(np.longdouble).itemsize == 8, reason="this machine has none")
def test_numbers_that_other_machines_have_not_do_not_cross():
    assert pack(np.longdouble(1)) == {"other": f"array of {np.dtype(np.longdouble)}"}


def test_the_name_of_a_long_type_is_cut():
    long = np.dtype([("field" * 30, "i4")])
    (text,) = pack(np.zeros(1, long)).values()
    assert len(text) == 80
    assert unpack({"other": "N" * 90}).kind == "N" * 80


def test_functions_are_sent_as_they_are_asked_for():
    names = []
    assert pack([abs, (max,)], lambda one: names.append(one) or len(names)) == [
        {"function": 1},
        {"tuple": [{"function": 2}]},
    ]
    assert names == [abs, max]
    assert pack({"a": 1, 2: Fraction(1, 2)}, names.append) == {"dict": [["a", 1], [2, 0.5]]}
    sent = {"dict": [["f", {"function": 7}], [{"function": 8}, [{"tuple": [{"function": 9}]}]]]}
    assert unpack(sent, lambda name: name + 1) == {"f": 8, 9: [(10,)]}


def test_what_arrives_can_be_changed_and_has_this_machines_order():
    there = unpack({"array": [">i2", ["2"], "AAEAAg=="]})
    assert there.dtype == np.dtype("=i2")
    there[0] = 5
    assert there.tolist() == [5, 2]
    assert type(unpack({"array": ["<f8", [], base64.b64encode(bytes(8)).decode()]})) is np.float64
    assert unpack({"array": ["<f8", [0, 3], ""]}).shape == (0, 3)


@pytest.mark.parametrize(
    "data,said",
    [
        ({"array": ["<c16", [1], base64.b64encode(bytes(16)).decode()]}, "no array of numbers"),
        # NumPy has no such number on some machines.
        ({"array": ["<f16", [1], base64.b64encode(bytes(16)).decode()]}, "no (array|packed)"),
        ({"array": ["<f8", [-1], base64.b64encode(bytes(8)).decode()]}, "no array of numbers"),
        ({"array": ["<f8", [1]]}, "no packed value"),
        ({"array": ["<f8", [math.inf], ""]}, "no packed value"),
        ({"dict": [[1]]}, "no packed value"),
        ({"float": "1"}, "no packed value"),
    ],
    ids=str,
)
def test_why_it_is_refused_is_said(data, said):
    with pytest.raises(Unpackable, match=said):
        unpack(data)


def test_messages_have_a_largest_size_and_no_numbers_that_json_lacks(ends):
    ours, theirs = ends
    message = {"value": "é"}
    wire.send(theirs.fileno(), message)
    size = len(json.dumps(message))
    assert wire.receive(ours, size) == message
    wire.send(theirs.fileno(), message)
    with pytest.raises(wire.Broken) as told:
        wire.receive(ours, size - 1)
    assert str(told.value) == f"it sent {size:,} bytes at once; at most {size - 1:,} are taken"
    with pytest.raises(ValueError, match="JSON compliant"):
        wire.send(ours, {"value": math.nan})


def test_why_a_conversation_is_broken_is_said(ends):
    ours, theirs = ends
    for said in (b"nope", b"[]  "):
        theirs.sendall(struct.pack(">I", 4) + said)
        with pytest.raises(wire.Broken, match="it sent something unreadable"):
            wire.receive(ours, 100)
    theirs.close()
    for act in (lambda: wire.receive(ours, 100), lambda: wire.send(ours, {})):
        with pytest.raises(wire.Broken, match="it is gone"):
            act()


def test_a_message_is_taken_in_parts_and_no_byte_of_the_next(ends):
    ours, theirs = ends
    message = {"value": "x" * 150_000}  # more than is read at once, and than a socket holds
    sender = threading.Thread(
        target=lambda: [wire.send(theirs.fileno(), one) for one in (message, {"next": 1})]
    )
    sender.start()
    assert wire.receive(ours, 1 << 20, time.monotonic() + 60) == message
    assert wire.receive(ours, 1 << 20) == {"next": 1}
    sender.join()


def test_what_is_there_is_read_even_after_its_time(ends):
    ours, theirs = ends
    wire.send(theirs.fileno(), {"value": 1})
    assert wire.receive(ours, 100, time.monotonic() - 1) == {"value": 1}
