"""Planted problems of any unit: X and kappa first, then beta, weights, and labels.

As in :mod:`planted`, beta is the largest value that a neuron of length 1 has at kappa, so that
symmetric neurons are tight together; the labels are those of a loss to whose kappa the fit
belongs (:mod:`losses`).
"""

from collections.abc import Sequence
from fractions import Fraction

from hypothesis import assume
from hypothesis import strategies as st

from polytope_nn.dual.units.blocks import parts_of
from polytope_nn.errors import InstanceError
from polytope_nn.exact.logarithms import logarithm
from polytope_nn.exact.rational import Matrix, Vector, vector
from polytope_nn.exact.scalar import Scalar, dot, squared_norm
from polytope_nn.problems.training import TrainingProblem
from polytope_nn.problems.units.activations import Slopes, Threshold
from polytope_nn.problems.units.doubled import Doubled
from polytope_nn.problems.units.lasso import gate_blocks
from polytope_nn.problems.units.thresholds import threshold_patterns
from polytope_nn.search.units.cells import fan_of

from .losses import LOSSES, PlantedLoss, labelled
from .planted import planted, require_known, symmetric_data, tight_atoms

__all__ = ["UNITS", "planted_units", "problems"]

UNITS: dict[str, dict[str, object]] = {
    "relu": {},
    "absolute": {"activation": "absolute"},
    "leaky": {"activation": {"slopes": ["1", "1/3"]}},
    "threshold": {"activation": "threshold"},
    "threshold_open": {"activation": "threshold_open"},
    "l1": {"penalty": "l1"},
    "linf": {"penalty": "linf"},
    "gates": {},
}
_ZERO = Fraction(0)
# the size of kappa whose fits are ln 2
_KAPPAS = {
    "logistic": Fraction(1, 3),
    "exponential": Fraction(1, 2),
    "poisson": Fraction(1),
}
_LOSSES = ("squared", "interpolation", *LOSSES, *_KAPPAS)


ACTIVATIONS = ("relu", "absolute", "leaky", "threshold", "threshold_open")
PENALTIES = ("l2", "l1", "linf")


@st.composite
def planted_units(
    draw: st.DrawFn,
    n: int = 5,
    d: int = 2,
    unit: str | None = None,
    loss: str | None = None,
) -> PlantedLoss:
    """Draw a problem of one of :data:`UNITS` with a loss, its dual optimum, and weights.

    The weights are those of the atoms in the order of the optimum at that kappa: for l1 and
    linf of the tight rays.
    """
    require_known(unit, UNITS, "planted_units")
    require_known(loss, _LOSSES, "planted_units")
    name = draw(st.sampled_from(sorted(UNITS))) if unit is None else unit
    kind = draw(st.sampled_from(_LOSSES)) if loss is None else loss
    X, kappa = draw(symmetric_data(n, d))
    if kind in _KAPPAS:
        assume(len({abs(k) for k in kappa}) == 1 and any(kappa))
        kappa = tuple(_KAPPAS[kind] * k / abs(k) for k in kappa)
    fields = dict(UNITS[name])
    if name == "gates":
        mask = st.lists(st.integers(0, 1), min_size=len(X), max_size=len(X))
        fields["gates"] = draw(st.lists(mask, min_size=1, max_size=4))
    bias = draw(st.sampled_from(("none", "none", "penalised")))
    frame = TrainingProblem(X, kappa, beta=1, bias=bias, **fields)  # type: ignore[arg-type] # its words
    square, features = _tight(frame, kappa)
    masses = draw(st.lists(st.sampled_from((1, 0, 1, 2)), min_size=1, max_size=8))
    even = kind in _KAPPAS and draw(st.sampled_from((True, True, False)))
    c = vector(1 if even else masses[a % len(masses)] for a in range(len(features)))
    fit = vector(dot(c, [F[k] for F in features]) for k in range(len(X)))
    share: Scalar
    if kind in _KAPPAS:
        share = _logarithm(kind, kappa, fit)
        y = [k + 2 if kind == "poisson" else k / abs(k) for k in kappa]
        weights = [Fraction(1)] * len(y)
        given: dict[str, object] = {"kind": kind}
    else:
        y, weights, given, share = labelled(draw, kind, kappa, fit)
    problem = TrainingProblem(
        X,
        y,
        beta_squared=square,
        weights=weights,
        bias=bias,
        loss=given,
        **fields,  # type: ignore[arg-type] # its words
    )
    return PlantedLoss(problem, kappa, tuple(share * x if x else x for x in c))


def _logarithm(kind: str, kappa: Vector, fit: Vector) -> Scalar:
    """Return the multiple that makes every fit ln 2, with the sign of its label."""
    size = abs(fit[0])
    sides = [1 if kind == "poisson" or k > 0 else -1 for k in kappa]
    assume(size and all(z == s * size for z, s in zip(fit, sides, strict=True)))
    return logarithm(Fraction(2)) / size


def _tight(frame: TrainingProblem, kappa: Vector) -> tuple[Fraction, Sequence[Vector]]:
    """Return the square of the largest value of a neuron of length 1, and tight features."""
    a, X = frame.activation, frame.plain_design
    if frame.gates is not None:
        parts = parts_of(gate_blocks(frame))
        pulled = [vector(part.pull(kappa)) for part in parts]
        found = [
            (squared_norm(g), tuple(dot(row, g) for row in part.A))
            for part, g in zip(parts, pulled, strict=True)
        ]
        return _largest([(Fraction(size), vector(F)) for size, F in found])
    if isinstance(a, Threshold) or frame.penalty != "l2":
        columns = _columns(frame, X)
        values = vector(dot(F, kappa) for F in columns)
        return _largest(
            [(max(v, _ZERO) ** 2, F) for v, F in zip(values, columns, strict=True)]
        )
    if frame.of_relu:
        square, atoms = tight_atoms(X, kappa)
        return square, [vector(b.feature) for b in atoms]
    sides = Doubled(frame)
    square, atoms = tight_atoms(sides.design, vector(sides.split(kappa)))
    return square, [vector(sides.seen(b.feature)) for b in atoms]


def _columns(frame: TrainingProblem, X: Matrix) -> Sequence[Vector]:
    """Return the features of neurons of length 1, in the order of the optimum's atoms."""
    a = frame.activation
    if isinstance(a, Slopes):
        return [ray.feature for ray in fan_of(X, a, frame.penalty).rays]
    patterns = threshold_patterns(X, closed=a.closed)
    keyed = sorted((-s, tuple(-t for t in p)) for p in patterns for s in (1, -1))
    return [tuple(Fraction(s * t) for t in p) for s, p in keyed]  # both with their signs


def _largest(
    sized: Sequence[tuple[Fraction, Vector]],
) -> tuple[Fraction, Sequence[Vector]]:
    """Return the largest size and what has it; where all are 0, 1 and nothing."""
    largest = max(size for size, _ in sized)
    if not largest:
        return Fraction(1), []
    return largest, [F for size, F in sized if size == largest]


def problems(  # noqa: PLR0913 - the words of a problem, keyword-only
    n: int = 6,
    d: int = 3,
    *,
    loss: str | None = None,
    activation: str | None = None,
    penalty: str | None = None,
    gates: bool = False,
) -> st.SearchStrategy[TrainingProblem]:
    """Return a strategy for planted training problems of at most n samples.

    Parameters
    ----------
    n, d
        The most samples, and the most columns of X.
    loss
        A word: ``"squared"`` by default. Of logistic, exponential and Poisson losses all fits
        are ln 2, up to the sign of the label.
    activation
        ``"relu"``, ``"absolute"``, ``"leaky"``, ``"threshold"`` or ``"threshold_open"``.
    penalty
        ``"l2"``, ``"l1"`` or ``"linf"``.
    gates
        Whether the units are gated instead.

    Raises
    ------
    InstanceError
        For an unknown word, and for two of activation, penalty and gates.
    """
    require_known(activation, ACTIVATIONS, "activation")
    require_known(penalty, PENALTIES, "penalty")
    require_known(loss, _LOSSES, "loss")
    if (activation not in {None, "relu"}) + (penalty not in {None, "l2"}) + gates > 1:
        raise InstanceError(
            "activation, penalty, gates: planted problems have one of them: take the others out"
        )
    unit = "gates" if gates else penalty if penalty in {"l1", "linf"} else activation
    if unit in {None, "relu"} and loss in {None, "squared"}:
        return planted(n, d).map(lambda drawn: drawn.problem)
    drawn = planted_units(n, d, unit=unit or "relu", loss=loss or "squared")
    return drawn.map(lambda found: found.problem)
