"""A network as a function of samples: ``net(x)`` and ``net.predict(X)``, exactly."""

from abc import abstractmethod
from collections.abc import Iterable

from polytope_nn.errors import DimensionError
from polytope_nn.exact.rational import Matrix, matrix, vector
from polytope_nn.exact.scalar import Scalar, Scalars

__all__ = ["Valued"]


class Valued:
    """What has a value at every sample.

    Neurons with one weight more than a sample has entries have a bias, the last one.
    """

    skip: Scalars | None

    @property
    @abstractmethod
    def dimension(self) -> int | None:
        """The length of every u; None when every slot is empty."""

    @abstractmethod
    def fit(self, X: Matrix) -> Scalars:
        """Return the values at the rows of a design, shape (n, d)."""

    def predict(self, X: Iterable[Iterable[object]]) -> Scalars:
        """Return the values at samples, shape (n, d), as a tuple (n,) of exact numbers.

        Raises
        ------
        DimensionError
            When the neurons have neither d weights nor d and a bias.
        InexactError
            For floats: write a string, or a fraction.
        """
        rows = matrix(X)
        if not rows:
            return ()
        d, size = len(rows[0]), self.dimension
        if size not in {None, d, d + 1}:
            raise DimensionError(
                f"a sample has {d} entries, the neurons {size} weights: give {size} "
                f"entries, or {size - 1} where the last weight is a bias"
            )
        if self.skip is not None and len(self.skip) != d:
            raise DimensionError(
                f"a sample has {d} entries, the network's skip {len(self.skip)}"
            )
        one = vector([1])
        return self.fit(tuple((*x, *one) for x in rows) if size == d + 1 else rows)

    def __call__(self, x: Iterable[object]) -> Scalar:
        """Return the value at one sample, shape (d,): see :meth:`predict`."""
        return self.predict([x])[0]
