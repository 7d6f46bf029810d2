"""Linear equations in unknowns with bounds, put together one by one and solved exactly."""

from collections.abc import Iterable
from dataclasses import dataclass
from fractions import Fraction

from polytope_nn.exact.scalar import Scalar, Scalars
from polytope_nn.geometry.farkas import alternative

__all__ = ["Equations", "Form"]

_ZERO, _ONE = Fraction(0), Fraction(1)


@dataclass(frozen=True)
class Form:
    """``constant + sum coefficient x`` over unknowns ``x >= 0``, by their places."""

    constant: Fraction
    terms: tuple[tuple[int, Fraction], ...]


class Equations:
    """A system ``form = number``, every unknown behind the forms ``>= 0``.

    >>> E = Equations()
    >>> x, y = E.between(Fraction(-1), Fraction(1)), E.unbounded()
    >>> E.equal(E.sum([(x, _ONE), (y, _ONE)]), 5 * _ONE)
    >>> E.equal(y, 4 * _ONE)
    >>> str(E.value(x, E.solution()))
    '1'
    """

    def __init__(self) -> None:
        self.width = 0
        self.rows: list[tuple[Form, Scalar]] = []
        self.farkas: Scalars = ()

    def nonnegative(self) -> Form:
        """Return a new unknown ``>= 0``."""
        self.width += 1
        return Form(_ZERO, ((self.width - 1, _ONE),))

    def unbounded(self) -> Form:
        """Return a new unknown of any sign."""
        return self.sum([(self.nonnegative(), _ONE), (self.nonnegative(), -_ONE)])

    def given(self, x: Fraction) -> Form:
        """Return a number as a form."""
        return Form(x, ())

    def between(self, low: Fraction | None, high: Fraction | None) -> Form:
        """Return a new unknown between two ends; None is no end."""
        if low is None and high is None:
            return self.unbounded()
        if low is None or high is None:
            end, side = (high, -_ONE) if low is None else (low, _ONE)
            assert end is not None  # one of them is an end
            return self.sum([(self.given(end), _ONE), (self.nonnegative(), side)])
        x = self.sum([(self.given(low), _ONE), (self.nonnegative(), _ONE)])
        self.equal(self.sum([(x, _ONE), (self.nonnegative(), _ONE)]), high)
        return x

    def sum(self, parts: Iterable[tuple[Form, Fraction]]) -> Form:
        """Return a linear combination of forms."""
        constant, terms = _ZERO, dict[int, Fraction]()
        for form, factor in parts:
            constant += factor * form.constant
            for j, t in form.terms:
                terms[j] = terms.get(j, _ZERO) + factor * t
        return Form(constant, tuple((j, t) for j, t in terms.items() if t))

    def equal(self, form: Form, number: Scalar) -> None:
        """Demand an equation."""
        self.rows.append((form, number))

    def solution(self) -> dict[int, Scalar] | None:
        """Return the unknowns that are not 0 of one solution; None where there is none.

        Then ``farkas`` weighs the equations to a contradiction.
        """
        if not self.rows:
            return {}
        columns: list[list[Scalar]] = [[_ZERO] * len(self.rows) for _ in range(self.width)]
        right = []
        for i, (form, number) in enumerate(self.rows):
            right.append(number - form.constant)
            for j, t in form.terms:
                columns[j][i] = t
        found, self.farkas = alternative(list(map(tuple, columns)), tuple(right))
        return found

    def value(self, form: Form, x: dict[int, Scalar] | None) -> Scalar:
        """Return the value of a form at a solution."""
        assert x is not None  # asked for where there is one
        total: Scalar = form.constant
        for j, t in form.terms:
            if j in x:
                total = total + t * x[j]
        return total
