"""The dual variable in floats, by column generation with the cone tree as oracle.

``min 1/2 |P (y - F c)|^2 + sum c`` over neurons of length 1 in a growing pool, P the projection
off what is fitted freely, everything scaled so that beta is 1. The tree separates: one pass
gives every cone in which a direction exceeds beta, or shows that none does; each direction is
climbed to a local maximum first. Violations fall, the tolerance with them; then the
support is made of faces (:mod:`~polytope_nn.search.cones.faces`).
"""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from functools import cached_property
from typing import TYPE_CHECKING, Protocol

from polytope_nn.errors import Undecided
from polytope_nn.progress import counted
from polytope_nn.search.nonnegative import least_form

from .climbing import Climbed, climbed
from .evaluated import FloatPeaks
from .floats import FloatForm
from .growing import Allowance, separating

if TYPE_CHECKING:
    import numpy as np
    from numpy.typing import NDArray

    Floats = NDArray[np.float64]

__all__ = [
    "FloatProblem",
    "Start",
    "Support",
    "no_peaks",
    "peaks_at",
    "pooled",
    "separated",
]

_FIRST = 0.3  # the tolerance of the first separation
_FACES = 1e-2  # and the one from which faces are tried
_LAST = 2e-9
_ROUNDS = 150
_ROUGH = 30  # where what is found by then is good enough
_MOST = 24  # directions that enter at a time, one sign
_TRIALS = 12  # of faces, before the search is handed on
_LARGE = 800  # neurons in the pool before the idle ones leave
_LIMIT = 200_000  # nodes of a separating tree
_WITH_FLATS = 20_000  # and with a free bias: flats that reach beta need endlessly many


@dataclass(frozen=True)
class FloatProblem:
    """A training problem in floats: merged unit rows, which row of them a sample is.

    Sample k is ``lengths_k`` times row ``places_k``; ``turns_k`` is -1 when on the other
    side of it, 0 for a zero row. y is that of beta = 1; ``Z`` has orthonormal columns.
    """

    form: FloatForm
    places: "NDArray[np.int64]"
    lengths: "Floats"
    turns: "Floats"
    y: "Floats"
    Z: "Floats"

    @cached_property
    def X(self) -> "Floats":
        """The samples, shape (n, D)."""
        x: Floats = self.form.rows[self.places] * (self.lengths * self.turns)[:, None]
        return x

    def projected(self, v: "Floats") -> "Floats":
        """Return P v."""
        p: Floats = v - self.Z @ (self.Z.T @ v)
        return p

    def at(self, kappa: "Floats") -> FloatForm:
        """Return the form of a dual variable."""
        return self.of_masses(self.masses(kappa))

    def masses(self, kappa: "Floats") -> "Floats":
        """Return kappa times the lengths of its rows."""
        mass: Floats = kappa * self.lengths
        return mass

    def of_masses(self, masses: "Floats") -> FloatForm:
        """Return the form of a dual variable, given times the lengths of its rows."""
        import numpy as np

        n, D = self.form.rows.shape
        mass = masses * np.abs(self.turns)
        weights: Floats = np.bincount(self.places, mass, minlength=n).astype(float)
        back = np.bincount(self.places, mass * (self.turns < 0), minlength=n)
        linear = -back @ self.form.rows if n else np.zeros(D)
        return FloatForm(
            self.form.rows, weights, linear, self.form.basis, self.form.penalised
        )

    def features(self, U: "Floats") -> "Floats":
        """Return ``(X u)_+`` for each row of U, as columns."""
        import numpy as np

        found: Floats = np.maximum(self.X @ U.T, 0)
        return found


@dataclass(frozen=True)
class Support:
    """Signs, local maxima and weights of the neurons in use, with their kappa."""

    kappa: "Floats"
    signs: tuple[int, ...]
    tops: tuple[Climbed, ...]
    weights: "Floats"
    settled: bool = True  # of faces, and the oracle accepts kappa


Faces = Callable[
    [FloatProblem, "Floats", Sequence[int], Sequence[Climbed], "Floats"], "Support | None"
]


def no_peaks(form: FloatForm) -> FloatPeaks:
    """Return the empty list of peaks."""
    import numpy as np

    n = len(form.rows)
    empty = np.zeros((0, n))
    u = np.zeros((0, form.rows.shape[1]))
    return FloatPeaks(np.zeros((0, form.penalised)), u, empty, empty.astype(bool), ())


def separated(
    problem: FloatProblem,
    kappa: "Floats",
    above: float,
    support: Support | None = None,
    allowed: Allowance | None = None,
) -> tuple[list[tuple[int, Climbed]], bool]:
    """Return local maxima above beta, and whether none is above ``1 + above``, about."""
    import numpy as np

    found: list[tuple[int, Climbed]] = []
    proved = True
    base = problem.at(kappa)
    limit = _LIMIT if base.penalised == base.rows.shape[1] else _WITH_FLATS
    for side in (1, -1):
        form = base.turned(side)
        peaks = no_peaks(form) if support is None else _support_peaks(form, support, side)
        try:
            tree = separating(form, peaks, above, limit)
        except np.linalg.LinAlgError:
            proved = False
            continue
        if allowed is not None:
            allowed.left -= len(tree.nodes)
        proved &= tree.finished and not tree.violations
        worst = sorted(tree.violations, key=lambda t: -t[0])
        starts: list[Floats] = []
        for value, u in worst:
            if len(starts) >= _MOST:
                break
            v = u / np.linalg.norm(u)
            if all(v @ s < 1 - 1e-7 for s in starts):
                starts.append(v)
                top = climbed(form, u)
                if top is not None and top.value >= value * (1 - 1e-9):
                    found.append((side, top))
    return found, proved


def _support_peaks(form: FloatForm, support: Support, side: int) -> FloatPeaks:
    mine = zip(support.signs, support.tops, strict=True)
    return peaks_at(form, [t for s, t in mine if s == side])


def peaks_at(form: FloatForm, tops: Sequence[Climbed]) -> FloatPeaks:
    """Return local maxima as peaks."""
    import numpy as np

    if not tops:
        return no_peaks(form)
    theta = np.array([(form.rows @ t.u > 0) * 1.0 for t in tops])
    for row, top in zip(theta, tops, strict=True):
        row[list(top.pressing)] = np.clip(top.shares, 0, 1)
    p = np.array([t.p for t in tops])
    u = np.array([t.u / np.linalg.norm(t.u) for t in tops])
    return FloatPeaks(
        p, u, theta, np.zeros(theta.shape, dtype=bool), tuple(range(len(tops)))
    )


class Start(Protocol):
    """Signs and local maxima that a search begins with."""

    @property
    def signs(self) -> tuple[int, ...]: ...  # noqa: D102 - of the neurons
    @property
    def tops(self) -> tuple[Climbed, ...]: ...  # noqa: D102 - their directions


def pooled(
    problem: FloatProblem,
    faces: Faces,
    *,
    start: Start | None = None,
    allowed: Allowance | None = None,
) -> Support:
    """Return the support of the dual optimum, about; the pool may ``start`` from neurons.

    With so many cones ``allowed`` it is that of the pool where no faces are found by then.

    Raises
    ------
    Undecided
        When no support is found whose kappa the oracle accepts.
    """
    import numpy as np

    y = problem.projected(problem.y)
    kappa, above = y, _FIRST
    signs: list[int] = []
    tops: list[Climbed] = []
    c = np.zeros(0)
    if start is not None and start.tops:
        signs, tops, above = list(start.signs), list(start.tops), _FACES
        c, kappa = _priced(problem, signs, tops, c)
    trials = idle = 0
    rounds = range(_ROUNDS if allowed is None else _ROUGH)
    for _ in counted("searching directions, rounds at most", rounds):
        new, proved = separated(problem, kappa, above, allowed=allowed)
        worst = max((top.value for _, top in new), default=1.0) - 1
        if (proved or worst < above) and above <= _FACES:
            trials += 1
            support = faces(problem, kappa, signs, tops, c)
            if support is not None:
                bad, sure = separated(problem, support.kappa, _LAST, support, allowed)
                bad = [(s, t) for s, t in bad if t.value > 1 + 1e-8]
                if not bad and sure:
                    return support
                new += bad + list(zip(support.signs, support.tops, strict=True))
        if proved or worst < 2 * above:
            above = max(above / 4, 1e-8)
        idle = 0 if new or proved else idle + 1
        if trials >= _TRIALS or idle > 1 or (allowed is not None and allowed.left <= 0):
            break  # of two trees that did not end, finer ones would not either
        if not new:
            continue
        signs += [s for s, _ in new]
        tops += [t for _, t in new]
        c, kappa = _priced(problem, signs, tops, c)
        kept = _kept(problem, kappa, signs, tops, c)
        signs, tops, c = [signs[q] for q in kept], [tops[q] for q in kept], c[kept]
    if allowed is not None:
        return _used(kappa, signs, tops, c)
    raise Undecided(
        "which directions are optimal: the search by cones finds no consistent set; the data "
        "are close to an interpolation or a degenerate instance: change beta a little"
    )


def _kept(
    problem: FloatProblem,
    kappa: "Floats",
    signs: Sequence[int],
    tops: Sequence[Climbed],
    c: "Floats",
) -> list[int]:
    """Return the places of a pool that stay: of a large one those that may be of use."""
    import numpy as np

    if len(tops) <= _LARGE:
        return list(range(len(tops)))
    F = problem.features(np.array([t.u for t in tops])) * np.array(signs)
    return [int(q) for q in np.flatnonzero((c > 0) | (kappa @ F > 0.9))]


def _used(
    kappa: "Floats", signs: Sequence[int], tops: Sequence[Climbed], c: "Floats"
) -> Support:
    """Return the neurons of a pool that have weight."""
    used = [q for q, t in enumerate(c) if t > 0]
    return Support(
        kappa,
        tuple(signs[q] for q in used),
        tuple(tops[q] for q in used),
        c[used],
        settled=False,
    )


def _priced(
    problem: FloatProblem, signs: Sequence[int], tops: Sequence[Climbed], start: "Floats"
) -> "tuple[Floats, Floats]":
    """Return the weights of the pool, and their kappa; ``start`` are weights of its first."""
    import numpy as np

    y = problem.projected(problem.y)
    F = problem.features(np.array([t.u for t in tops])) * np.array(signs)
    c = _lasso(problem.projected(F), y, start)
    kappa: Floats = y - problem.projected(F @ c)
    return c, kappa


def _lasso(F: "Floats", y: "Floats", start: "Floats") -> "Floats":
    """Return ``c >= 0`` that makes ``1/2 |y - F c|^2 + sum c`` least, about."""
    import numpy as np

    G = F.T @ F
    G += (1e-13 * np.diag(G).max() + 1e-300) * np.eye(len(G))
    G += 1e-14 * np.trace(G) / len(G) * np.eye(len(G))
    try:
        return least_form(G, F.T @ y - 1, np.append(start, np.zeros(len(G) - len(start))))
    except np.linalg.LinAlgError:
        raise Undecided(
            "which directions are optimal: their features are all but dependent"
        ) from None
