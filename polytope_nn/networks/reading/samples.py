"""A network as a function of samples: ``net(x)`` and ``net.predict(X)``, exactly."""

from abc import abstractmethod
from collections.abc import Iterable
from typing import Any

from polytope_nn.called import Called
from polytope_nn.errors import DimensionError
from polytope_nn.exact.rational import Matrix, vector
from polytope_nn.exact.scalar import Scalar, Scalars
from polytope_nn.problems.reading.given import is_frame, rows_given
from polytope_nn.wording import plural

__all__ = ["Valued", "design_of", "designed", "one_sample"]


class Valued(Called):
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

    def predict(
        self, X: Iterable[Iterable[object]], *, exact: str | None = None
    ) -> Scalars:
        """Return the values at samples, shape (n, d), as a tuple (n,) of exact numbers.

        ``exact`` says how floats are read: "decimal" or "binary".

        Raises
        ------
        DimensionError
            When the neurons have neither d weights nor d and a bias.
        InexactError
            For floats, unless ``exact`` says how they are read.
        """
        skip = None if self.skip is None else len(self.skip)
        rows = designed(rows_given(X, exact), self.dimension, skip)
        return self.fit(rows) if rows else ()

    def __call__(self, x: Iterable[object], *, exact: str | None = None) -> Scalar:
        """Return the value at one sample, shape (d,): see :meth:`predict`."""
        return self.predict([one_sample(x)], exact=exact)[0]


def one_sample(x: Iterable[object]) -> Iterable[object]:
    """Return a sample; rows of several are refused, with the cure.

    >>> one_sample([[1, 2], [3, 4]])
    Traceback (most recent call last):
        ...
    polytope_nn.errors.DimensionError: rows where one sample belongs: give predict(X) of several
    """
    axes = 2 if is_frame(x) else getattr(x, "ndim", 1)
    if axes > 1 or (isinstance(x, list | tuple) and any(map(_is_row, x))):
        raise DimensionError("rows where one sample belongs: give predict(X) of several")
    return x


def design_of(X: Any) -> Matrix:  # noqa: ANN401 - whatever it is
    """Return a design as it is, or the exact rows of what a user has."""
    return X if isinstance(X, tuple) else rows_given(X, None)


def _is_row(entry: object) -> bool:
    return isinstance(entry, list | tuple) or getattr(entry, "ndim", 0) > 0


def designed(rows: Matrix, size: int | None, skip: int | None = None) -> Matrix:
    """Return samples, shape (n, d), as neurons of ``size`` weights see them: 1 for a bias.

    ``skip`` is the length of a free linear part, None where there is none.

    >>> designed(((1, 2),), 3) == ((1, 2, 1),)
    True
    """
    d = len(rows[0]) if rows else 0
    if not rows or size in {None, d}:
        wide = rows
    elif size == d + 1:
        wide = tuple((*x, *vector([1])) for x in rows)
    else:
        raise DimensionError(
            f"a sample has {plural(d, 'entry')}, the neurons {plural(size, 'weight')}: give "
            f"{plural(size, 'entry')}, or "
            f"{size - 1 if size else 0} where the last weight is a bias"
        )
    if rows and skip not in {None, d}:
        raise DimensionError(
            f"a sample has {plural(d, 'entry')}, the network's skip {skip}"
        )
    return wide
