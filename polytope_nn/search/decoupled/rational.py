"""The rational unknowns of a system in balls, proved by uniqueness.

Samples that share no face and no free column have equations of their own: the system is a
direct sum. If the box holds exactly one solution and rational numbers in it satisfy the
equations of one part, then they are the coordinates of the solution there: with its others
they are a solution in the box, too.
"""

from collections.abc import Iterator, Sequence
from fractions import Fraction

from polytope_nn.dual.system import Semidefinite
from polytope_nn.errors import Undecided
from polytope_nn.exact.ball import Balls
from polytope_nn.exact.recognise import guess_rational
from polytope_nn.exact.scalar import dot

__all__ = ["parts", "rational_unknowns"]

_ZERO = Fraction(0)

Known = dict[int, Fraction]


def rational_unknowns(
    system: Semidefinite, solution: Balls
) -> tuple[tuple[int, Fraction], ...]:
    """Return the places and values of the unknowns of parts that are rational, proved.

    ``solution`` encloses the one solution of the system in a box, shape (size,).
    """
    found: Known = {}
    for places in parts(system):
        guess: Known = {}
        for i in places:
            x = guess_rational(solution[i])
            if x is None:
                break
            guess[i] = x
        else:
            if _solves(system, guess):
                found |= guess
    return tuple(sorted(found.items()))


def parts(system: Semidefinite) -> Iterator[tuple[int, ...]]:
    """Yield the unknowns of each part: of samples, then weights, then free columns.

    >>> one, zero = Fraction(1), Fraction(0)
    >>> V = ((one,), (zero,))  # one neuron, active at the first of two samples
    >>> apart = Semidefinite((one, one), (one, one), one, (V,), form=())
    >>> list(parts(apart))
    [(0, 2), (1,)]
    """
    n, k = system.n, len(system.factors)
    met = [[i for i, v in enumerate(V) if any(v)] for V in system.factors]
    met += [[i for i, t in enumerate(z) if t] for z in system.free]
    met += [[i, j] for i, row in enumerate(system.form) for j, t in enumerate(row) if t]
    root = list(range(n))

    def first(i: int) -> int:
        while root[i] != i:
            i = root[i]
        return i

    for rows in met:
        for i in rows[1:]:
            a, b = sorted((first(rows[0]), first(i)))
            root[b] = a
    beside = met[: k + len(system.free)]
    for r in sorted({first(i) for i in range(n)}):
        own = [i for i in range(n) if first(i) == r]
        own += [n + j for j, rows in enumerate(beside) if rows and first(rows[0]) == r]
        yield tuple(own)


def _solves(system: Semidefinite, x: Known) -> bool:
    """Return whether fractions satisfy the equations of the part they are of."""
    n, k = system.n, len(system.factors)
    kappa = [x.get(i, _ZERO) for i in range(n)]
    pulled = {
        a: [dot(column, kappa) for column in zip(*V, strict=True)]
        for a, V in enumerate(system.factors)
        if n + a in x
    }
    if any(dot(g, g) != system.beta_squared for g in pulled.values()):
        return False
    free = [j for j in range(len(system.free)) if n + k + j in x]
    prices = system.prices or (_ZERO,) * len(system.free)
    if any(dot(system.free[j], kappa) != prices[j] for j in free):
        return False
    for i in (i for i in range(n) if i in x):
        total = _own(system, i, kappa)
        if total is None:
            return False
        total += sum(
            (x[n + a] * dot(system.factors[a][i], g) for a, g in pulled.items()), _ZERO
        )
        total += sum((x[n + k + j] * system.free[j][i] for j in free), _ZERO)
        if total != system.y[i]:
            return False
    return True


def _own(system: Semidefinite, i: int, kappa: Sequence[Fraction]) -> Fraction | None:
    """Return what kappa itself adds to equation i; None where that is no fraction."""
    held = dot(system.form[i], kappa) if system.form else _ZERO
    curve = system.curves[i] if system.curves else None
    if curve is None:
        return system.inverse_weights[i] * kappa[i] + held
    try:
        fit = curve.fit(kappa[i])
    except (Undecided, ValueError, ZeroDivisionError):
        return None
    return held - fit if isinstance(fit, Fraction) else None
