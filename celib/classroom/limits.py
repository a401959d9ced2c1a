"""How much a student's notebook may take."""

from __future__ import annotations

from dataclasses import asdict, dataclass

__all__ = ["Limits"]


@dataclass(frozen=True)
class Limits:
    """What one student's notebook may take; generous for a problem set of ours.

    Attributes
    ----------
    cell : float
        Seconds for one cell.
    call : float
        Seconds for one call of a function by a test.
    total : float
        Seconds for the whole notebook, and of processor time for each of its processes.
    memory : int
        Bytes of memory, for each process and for all together.
    processes : int
        Processes and threads at one time.
    disk : int
        Bytes in each of its temporary folders, which are in memory.
    """

    cell: float = 20.0
    call: float = 5.0
    total: float = 120.0
    memory: int = 2 << 30
    processes: int = 64
    disk: int = 64 << 20

    def as_dict(self) -> dict[str, float]:
        """Return them as plain data.

        Examples
        --------
        >>> Limits(**Limits(cell=3).as_dict()).cell
        3
        """
        return asdict(self)
