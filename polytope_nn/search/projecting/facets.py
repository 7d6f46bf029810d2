"""Facets of many cones in floats: rows that are >= 0 on them, each cone's own or all but common."""

from dataclasses import dataclass
from typing import TYPE_CHECKING, Protocol

if TYPE_CHECKING:
    import numpy as np
    from numpy.typing import NDArray

    Floats = NDArray[np.float64]
    Integers = NDArray[np.int64]
    Booleans = NDArray[np.bool_]

__all__ = ["Each", "Facets", "Turned"]


class Facets(Protocol):
    """The facets of cones, as a search asks for them."""

    @property
    def shape(self) -> tuple[int, int, int]:
        """The numbers of facets of a cone, of dimensions, of cones."""

    def of(self, i: int) -> "Floats":
        """Return the facets of a cone, shape (facets, d)."""

    def at(self, places: "Integers") -> "Floats":
        """Return the facets at places of shape (s, cones), shape (s, d, cones)."""

    def slopes(self, g: "Floats") -> "Floats":
        """Return the products with a point of each cone, (d, cones), shape (facets, cones)."""

    def combined(self, mu: "Floats") -> "Floats":
        """Return the sums of facets with multipliers (facets, cones), shape (d, cones)."""

    def kept(self, which: "Booleans") -> "Facets":
        """Return those of some cones."""


@dataclass(frozen=True)
class Each:
    """Facets of each cone, shape (facets, d, cones).

    >>> import numpy as np
    >>> quadrant = Each(np.eye(2)[:, :, None])
    >>> quadrant.slopes(np.array([[-3.0], [2.0]])).T.tolist()
    [[-3.0, 2.0]]
    """

    rows: "Floats"

    @property
    def shape(self) -> tuple[int, int, int]:  # noqa: D102 - of Facets
        facets, d, cones = self.rows.shape
        return facets, d, cones

    def of(self, i: int) -> "Floats":  # noqa: D102
        return self.rows[..., i]

    def at(self, places: "Integers") -> "Floats":  # noqa: D102
        import numpy as np

        return np.take_along_axis(self.rows, places[:, None], axis=0)

    def slopes(self, g: "Floats") -> "Floats":  # noqa: D102
        import numpy as np

        found: Floats = np.einsum("fdb,db->fb", self.rows, g)
        return found

    def combined(self, mu: "Floats") -> "Floats":  # noqa: D102
        import numpy as np

        found: Floats = np.einsum("fb,fdb->db", mu, self.rows)
        return found

    def kept(self, which: "Booleans") -> "Each":  # noqa: D102
        return Each(self.rows[..., which])


@dataclass(frozen=True)
class Turned:
    """Common rows, shape (facets, d), each with its own sign on each cone, (facets, cones).

    >>> import numpy as np
    >>> second = Turned(np.eye(2), np.array([[-1.0], [1.0]]))  # quadrant
    >>> second.slopes(np.array([[-3.0], [2.0]])).T.tolist()
    [[3.0, 2.0]]
    """

    rows: "Floats"
    signs: "Floats"

    @property
    def shape(self) -> tuple[int, int, int]:  # noqa: D102 - of Facets
        facets, d = self.rows.shape
        return facets, d, self.signs.shape[1]

    def of(self, i: int) -> "Floats":  # noqa: D102
        return self.rows * self.signs[:, i, None]

    def at(self, places: "Integers") -> "Floats":  # noqa: D102
        import numpy as np

        signs = np.take_along_axis(self.signs, places, axis=0)
        found: Floats = self.rows[places].transpose(0, 2, 1) * signs[:, None]
        return found

    def slopes(self, g: "Floats") -> "Floats":  # noqa: D102
        found: Floats = self.signs * (self.rows @ g)
        return found

    def combined(self, mu: "Floats") -> "Floats":  # noqa: D102
        found: Floats = self.rows.T @ (self.signs * mu)
        return found

    def kept(self, which: "Booleans") -> "Turned":  # noqa: D102
        return Turned(self.rows, self.signs[:, which])
