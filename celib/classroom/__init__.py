"""The teacher's side: problem sets that are assigned, judged in a sandbox, and explained.

from celib.classroom import expect
"""

from __future__ import annotations

from .expecting import Unmet, expect

__all__ = ["Unmet", "expect"]
