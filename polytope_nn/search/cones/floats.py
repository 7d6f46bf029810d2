"""A form in floats, scaled so that beta is 1 and rows have length 1; shortest vectors."""

from dataclasses import dataclass
from fractions import Fraction
from typing import TYPE_CHECKING

from polytope_nn.dual.cone_form import ConeForm
from polytope_nn.exact.rational import approximate_root
from polytope_nn.exact.scalar import middle, squared_norm
from polytope_nn.search.floats import to_float

if TYPE_CHECKING:
    import numpy as np
    from numpy.typing import NDArray

    Floats = NDArray[np.float64]
    Integers = NDArray[np.int64]

__all__ = ["FloatForm", "float_form", "shortest"]

_LARGEST = 2**40  # entries of a basis beyond it leave no room to cut


@dataclass(frozen=True)
class FloatForm:
    """``linear'u + sum weights_k (rows_k'u)_+`` compared with |u|, of one sign.

    ``rows`` have shape (n, D) and length 1; ``penalised`` is how many coordinates of u have
    a length; ``basis`` spans the rows, shape (r, D), in integers.
    """

    rows: "Floats"
    weights: "Floats"
    linear: "Floats"
    basis: "Integers"
    penalised: int

    def turned(self, side: int) -> "FloatForm":
        """Return the form times a sign."""
        return FloatForm(
            self.rows, side * self.weights, side * self.linear, self.basis, self.penalised
        )

    def values(self, U: "Floats") -> "Floats":
        """Return the form at the rows of U."""
        import numpy as np

        found: Floats = U @ self.linear + np.maximum(U @ self.rows.T, 0) @ self.weights
        return found


def float_form(form: ConeForm) -> FloatForm:
    """Return a form of sign +1 in floats.

    Raises
    ------
    OverflowError
        When the basis has entries that leave no room to cut.
    """
    import numpy as np

    beta = approximate_root(form.beta_squared)
    lengths = [approximate_root(Fraction(squared_norm(_fractions(x)))) for x in form.rows]
    D = form.dim
    if max((abs(t) for ray in form.basis for t in ray), default=0) > _LARGEST:
        raise OverflowError("the rows span a space whose basis has long entries")
    rows = [
        [to_float(t / length) for t in x]
        for x, length in zip(form.rows, lengths, strict=True)
    ]
    weights = [
        to_float(middle(k) * length / beta)
        for k, length in zip(form.weights, lengths, strict=True)
    ]
    return FloatForm(
        np.array(rows).reshape(len(rows), D),
        np.array(weights),
        np.array([to_float(middle(t) / beta) for t in form.linear]),
        np.array(form.basis, dtype=np.int64).reshape(len(form.basis), D),
        form.penalised,
    )


def _fractions(x: tuple[int, ...]) -> tuple[Fraction, ...]:
    return tuple(map(Fraction, x))


def shortest(U: "Floats", v: "Floats") -> "tuple[Floats, Floats]":
    """Return for each cone the shortest p with ``U p >= v``, about, and its multipliers.

    U has shape (B, r, d), its rows length 1 (or 0), v (B, r). Block pivoting: the sign of
    each multiplier and slack says which rows are active; at last one row at a time (Murty).
    Where there is no p, it comes out very long.
    """
    import numpy as np

    B, r, _ = U.shape
    G = U @ U.transpose(0, 2, 1) + 1e-13 * np.eye(r)
    active = v > 0
    mu = np.zeros((B, r))
    waiting = np.arange(B)
    eye = np.eye(r)
    for step in range(40):
        g, w, m = G[waiting], v[waiting], active[waiting]
        M = np.where(m[:, :, None] & m[:, None, :], g, 0) + eye * (~m)[:, None, :]
        x = np.linalg.solve(M, np.where(m, w, 0)[:, :, None])[:, :, 0]
        slack = (g @ x[:, :, None])[:, :, 0] - w
        bad = np.where(m, x < -1e-13, slack < -1e-13 * np.maximum(1, np.abs(w)))
        mu[waiting] = np.maximum(np.where(m, x, 0), 0)
        wrong = bad.any(axis=1)
        if not wrong.any():
            break
        if step > 12:
            last = r - 1 - np.argmax(bad[:, ::-1], axis=1)
            only = np.zeros_like(bad)
            place = np.arange(len(bad))
            only[place, last] = bad[place, last]
            bad = only
        active[waiting] = np.where(bad, ~m, m)
        waiting = waiting[wrong]
    p = (mu[:, :, None] * U).sum(axis=1)
    short = np.maximum(v - (U @ p[:, :, None])[:, :, 0], 0)
    if short.max(initial=0) > 1e-12:  # whatever mu is: a step that repairs U p >= v
        fix = np.linalg.solve(G + 1e-12 * eye, short[:, :, None])
        p = p + (fix * U).sum(axis=1)
    return p, mu
