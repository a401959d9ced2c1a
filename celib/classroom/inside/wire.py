"""Messages between the judge and the sandbox: JSON behind its length, and nothing else.

What comes out of the sandbox may have been written by the student: every message has a largest
size and a latest time, and one that is not as it should be ends the conversation.
"""

from __future__ import annotations

import json
import os
import select
import struct
import time
from typing import Any

__all__ = ["Broken", "Late", "receive", "send"]

LENGTH = struct.Struct(">I")


class Broken(Exception):
    """The other side is gone, or says what nobody may say."""


class Late(Exception):
    """The other side did not answer in time."""


def send(handle: int, message: dict[str, Any]) -> None:
    """Write one message."""
    data = json.dumps(message, allow_nan=False).encode()
    data = LENGTH.pack(len(data)) + data
    try:
        while data:
            data = data[os.write(handle, data) :]
    except OSError as error:
        raise Broken("it is gone") from error


def receive(handle: int, most: int, deadline: float | None = None) -> dict[str, Any]:
    """Read one message of at most so many bytes, before a time of the monotonic clock."""
    (length,) = LENGTH.unpack(_exactly(handle, LENGTH.size, deadline))
    if length > most:
        raise Broken(f"it sent {length:,} bytes at once; at most {most:,} are taken")
    try:
        message = json.loads(_exactly(handle, length, deadline))
    except (ValueError, RecursionError) as error:
        raise Broken("it sent something unreadable") from error
    if not isinstance(message, dict):
        raise Broken("it sent something unreadable")
    return message


def _exactly(handle: int, count: int, deadline: float | None) -> bytes:
    parts = []
    while count:
        wait = None if deadline is None else max(deadline - time.monotonic(), 0)
        if not select.select([handle], [], [], wait)[0]:
            raise Late
        try:
            part = os.read(handle, min(count, 1 << 16))
        except OSError as error:
            raise Broken("it is gone") from error
        if not part:
            raise Broken("it is gone")
        parts.append(part)
        count -= len(part)
    return b"".join(parts)
