"""Dual feasibility by cones: local maxima near beta first, then the tree, then its proof."""

from collections.abc import Sequence
from fractions import Fraction
from typing import TYPE_CHECKING

from polytope_nn.dual.cone_form import ConeForm
from polytope_nn.dual.cone_tree import ConeProof, cone_proof
from polytope_nn.dual.peaks import Peak, PeakGuess, peak
from polytope_nn.errors import Undecided
from polytope_nn.exact.ball import Ball
from polytope_nn.exact.rational import approximate_root

from .ascents import all_climbed
from .climbing import Climbed, distinct, float_peaks
from .floats import FloatForm, float_form, shortest
from .growing import Grown, grown

if TYPE_CHECKING:
    import numpy as np
    from numpy.typing import NDArray

__all__ = ["cone_feasibility", "packed"]

_NEARER = (1e-3, 1e-5, 1e-7, 1e-9)
_LIMIT = 2_000_000  # nodes of a tree of one sign
# nodes at first where maxima are looked for: between two that are close no cone is ever proved,
# and a level nearer to beta, which neither reaches, ends at once
_SOON = 30_000
_LATER = 300_000
_OVER = 1e-6  # of beta: more than the rounding of a value
_INSIDE = 0.5  # of the room of a strict leaf: how far its p is moved into the dual cone


def cone_feasibility(
    form: ConeForm,
    guesses: Sequence[PeakGuess] = (),
    *,
    limit: int = _LIMIT,
    soon: int = 0,
) -> ConeProof:
    """Return the proof that a form stays below beta, with all its atoms.

    ``guesses`` are peaks known beforehand; all atoms must be among them where the weights
    are balls, and they must be tight. Others are found here, where trees of so many nodes
    ``soon`` do not do without.

    Raises
    ------
    NotOptimal
        When the form exceeds beta.
    Undecided
        When that is not decided within the limit of nodes, or balls do not show a guess tight.
    """
    try:
        floats = float_form(form)
        peaks = _Peaks(form, floats, guesses)
        peaks.require_all(guesses)
        if soon:
            trees = _trees(form, floats, peaks.listed, soon)
            if trees is not None:
                return cone_proof(form, peaks.listed, trees)
        for most, near in _looks(limit):
            for _ in range(4):
                if not peaks.found(near, most):
                    break
            if peaks.complete:
                break
        trees = _trees(form, floats, peaks.listed, limit)
        if trees is None:
            raise Undecided(
                f"dual feasibility: {limit} cones of one sign do not show it; kappa exceeds "
                f"beta, or all but meets it in many directions"
            )
    except OverflowError:
        if any(isinstance(x, Ball) for x in form.weights):
            raise Undecided("dual feasibility: generators of cones grew too long") from None
        return cone_proof(form, [])
    return cone_proof(form, peaks.listed, trees)


def _looks(limit: int) -> list[tuple[int, float]]:
    """Return the limits of nodes and the levels at which maxima are looked for, in turn.

    A tree at a level far from beta finds more maxima, and is larger: of 1000 samples in R^4
    it had millions of nodes, where one at a level near beta had tens of thousands. So trees
    that do not end soon begin near beta.
    """
    looks = [(min(_SOON, limit), near) for near in _NEARER]
    larger = sorted({min(_LATER, limit), limit} - {min(_SOON, limit)})
    return looks + [(most, near) for most in larger for near in reversed(_NEARER)]


def _trees(
    form: ConeForm, floats: FloatForm, peaks: Sequence[Peak], limit: int
) -> list[list[int]] | None:
    """Return the trees of both signs in integers; None where one does not end by the limit."""
    trees = []
    listed = list(enumerate(peaks))
    for side in (1, -1):
        known = float_peaks(floats, listed, side)
        tree = grown(floats.turned(side), known, limit=limit)
        if not tree.finished:
            return None
        trees.append(packed(form, tree))
    return trees


class _Peaks:
    """The peaks found so far; places in ``listed`` are those of the leaves."""

    def __init__(
        self, form: ConeForm, floats: FloatForm, guesses: Sequence[PeakGuess]
    ) -> None:
        self.form, self.floats = form, floats
        self.listed: list[Peak] = []
        self.complete = False  # nothing above the last level but what the peaks prove
        self.seen: set[tuple[int, tuple[int, ...]]] = set()
        for guess in guesses:
            self.add(guess)

    def require_all(self, guesses: Sequence[PeakGuess]) -> None:
        """Refuse balls in which a guess is no tight peak: no tree would find it."""
        if not any(isinstance(x, Ball) for x in self.form.weights):
            return
        missing = sum(g.tight for g in guesses) - sum(p.tight for p in self.listed)
        if missing:
            raise Undecided(
                f"dual feasibility: {missing} atoms are no strict maxima in balls"
            )

    def add(self, guess: PeakGuess) -> bool:
        """Add the peak of a guess; return whether it is a new one."""
        if any(_same(known, guess) for known in self.listed):
            return False
        try:
            found = peak(self.form, guess)
        except Undecided:  # balls that do not tell it from beta
            return False
        if found is None or (found.sign, found.signs) in self.seen:
            return False
        self.seen.add((found.sign, found.signs))
        self.listed.append(found)
        return True

    def found(self, near: float, limit: int) -> bool:
        """Look for local maxima above ``1 - near`` where no peak proves a cone."""
        new = False
        self.complete = True
        for side in (1, -1):
            form = self.floats.turned(side)
            known = float_peaks(self.floats, list(enumerate(self.listed)), side)
            try:
                tree: Grown = grown(
                    form, known, level=1 - near / 2, margin=-near, limit=limit
                )
            except OverflowError:
                if limit <= _SOON:
                    raise
                self.complete = False
                continue
            self.complete &= tree.finished and not tree.violations
            if not tree.finished:
                continue
            tops = all_climbed(form, [u for _, u in tree.violations])
            for top in distinct([c for c in tops if c is not None and c.value > 1 - near]):
                new |= self.add(top.guess(form, side))
                self._require_below(top)
        return new

    def _require_below(self, top: Climbed) -> None:
        """Refuse balls that a direction shows to exceed beta: no tree would end."""
        if top.value > 1 + _OVER and any(isinstance(x, Ball) for x in self.form.weights):
            raise Undecided(
                f"dual feasibility: a direction was missed, in which kappa exceeds beta by "
                f"{top.value - 1:.1e} of it, about"
            )


def _same(known: Peak, guess: PeakGuess) -> bool:
    """Return whether a guess is the peak that is known, as far as signs tell."""
    return known.sign == guess.sign and all(
        s in {0, t} for k, (s, t) in enumerate(zip(known.signs, guess.signs, strict=True))
    )


def packed(form: ConeForm, tree: Grown) -> list[int]:
    """Return the preorder integers of a finished tree."""
    strict = {q: node for q, node in enumerate(tree.nodes) if node[0] == "strict"}
    leaves = _strict_leaves(form, strict)
    code: list[int] = []
    for root in range(tree.roots):
        stack = [root]
        while stack:
            q = stack.pop()
            node = tree.nodes[q]
            if node[0] == "cut":
                code += [0, *node[1:5]]
                stack += [node[5] + 1, node[5]]
            elif node[0] == "strict":
                code += leaves[q]
            else:
                code.append(2 + node[1])
    return code


def _strict_leaves(
    form: ConeForm,
    strict: "dict[int, tuple[str, NDArray[np.float64], NDArray[np.float64], NDArray[np.int64]]]",
) -> dict[int, list[int]]:
    """Return the integers of strict leaves: p pushed inside, rounded to a power of 2."""
    import numpy as np

    if not strict:
        return {}
    # p in units of beta -> integers times form.integers.unit: the ratio is m 2^shift
    ratio = approximate_root(form.beta_squared) / form.integers.unit
    shift = ratio.numerator.bit_length() - ratio.denominator.bit_length()
    m = float(ratio / Fraction(2) ** shift)
    p = np.array([node[1] for node in strict.values()])
    U = np.array([node[2] for node in strict.values()])
    pole = ~U.any(axis=2) if U.size else np.zeros(U.shape[:2], dtype=bool)
    inward = shortest(U, np.where(pole, 0, 1.0))[0] if U.shape[1] else np.ones_like(p)
    room = 1 - np.linalg.norm(p, axis=1)
    length = np.linalg.norm(inward, axis=1)
    length = np.where(length > 0, length, 1)  # a free bias alone
    step = _INSIDE * room / length
    digits = np.floor(np.log2(step * m / max(1, form.penalised) ** 0.5)).astype(int)
    P = np.rint((p + 0.9 * step[:, None] * inward) * m * 2.0 ** -digits[:, None])
    tail = [0] * (form.dim - form.penalised)
    return {
        q: [1, int(e) + shift, *map(int, v), *tail, *map(int, node[3])]
        for (q, node), e, v in zip(strict.items(), digits, P, strict=True)
    }
