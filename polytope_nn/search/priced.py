"""What a loss adds to a conic program: variables that price a fit, and the cones they lie in."""

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    import numpy as np
    from numpy.typing import NDArray

__all__ = ["Priced"]


@dataclass(frozen=True)
class Priced:
    """The part of a conic program that prices a fit: ``fit + fits v = labels``.

    Its variables v cost ``linear'v + v' diag(curved) v / 2``, and ``right - rows v`` lies in
    the cones, each the name of one and its parameters.
    """

    labels: "NDArray[np.float64]"
    fits: "NDArray[np.float64]"
    linear: "NDArray[np.float64]"
    curved: "NDArray[np.float64]"
    rows: "NDArray[np.float64]"
    right: "NDArray[np.float64]"
    cones: tuple[tuple[str, tuple[Any, ...]], ...] = ()

    @property
    def width(self) -> int:
        """The number of variables."""
        return len(self.linear)
