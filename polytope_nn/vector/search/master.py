"""The master problem of any loss in floats: a conic program over some directions (general B7)."""

from collections.abc import Sequence
from fractions import Fraction
from typing import TYPE_CHECKING

from polytope_nn.problems.losses import SeparableLoss
from polytope_nn.search.losses.program import priced_rows
from polytope_nn.search.programs.interior_point import cone_program

if TYPE_CHECKING:
    import numpy as np
    from numpy.typing import NDArray

    from polytope_nn.vector.problem import VectorProblem

    Floats = NDArray[np.float64]

__all__ = ["master"]

_OFF = 1e-6  # how far labels may be missed


def master(
    problem: "VectorProblem",
    Phi: "Floats",
    beta: float,
    unit: float,
    lengths: "Floats | None" = None,
) -> "tuple[Floats, Floats, Floats] | None":
    """Return output weights (m, c), N (n, c) and fits (n, c) of the best neurons; else None.

    ``Phi`` (n, m) is what directions see of a scaled design, beta the weight decay there, and
    ``unit`` that of the fits; N is in the same units. With ``lengths`` of rows the program is that
    of rows of length 1. None where no neurons have a finite loss.
    """
    import numpy as np
    from scipy import sparse

    n, m, c = problem.n, Phi.shape[1], problem.c
    loss = problem.entries.loss
    of_rows = np.ones(n) if lengths is None else lengths
    every = np.repeat(of_rows, c)
    if not every.all():
        raise OverflowError("the length of a sample is 0 in floats")
    own = unit  # of fits of rows of length 1
    if lengths is not None:
        own = max(
            (abs(float(t)) / s for t, s in zip(loss.y, every, strict=True)), default=0
        )
        own = own or unit
    units = [own * float(s) for s in every]
    if isinstance(loss, SeparableLoss):
        priced = priced_rows(loss.rows, units, beta * unit * own)
    else:
        priced = priced_rows((), [], 1.0)
    given = [float(t) / s for t, s in zip(loss.y, units, strict=True)]
    labels = priced.labels if priced.width else np.array(given)
    fits = priced.fits if priced.width else np.zeros((n * c, 0))
    Phi = Phi / of_rows[:, None]
    G = _columns(problem.entries.free.columns, every)
    # for each direction a bound t and then z, (t, z) in a second-order cone
    made = np.zeros((n * c, m * (c + 1)))
    for j in range(c):
        made[j::c, 1 + j :: c + 1] = Phi
    neurons, width = m * (c + 1), priced.width
    linear = np.zeros(neurons + G.shape[1] + width)
    linear[: neurons : c + 1] = 1.0
    linear[neurons + G.shape[1] :] = priced.linear
    curved = np.r_[np.zeros(neurons + G.shape[1]), priced.curved]
    pad = np.zeros((len(priced.right), neurons + G.shape[1]))
    cone = np.c_[-np.eye(neurons), np.zeros((neurons, G.shape[1] + width))]
    A = np.r_[np.c_[made, G, fits], cone, np.c_[pad, priced.rows]]
    b = np.r_[labels, np.zeros(neurons), priced.right]
    solved = cone_program(
        sparse.diags(curved, format="csc"),
        linear,
        sparse.csc_matrix(A),
        b,
        [
            ("ZeroConeT", (n * c,)),
            *[("SecondOrderConeT", (c + 1,))] * m,
            *priced.cones,
        ],
        accuracy=1e-12,
        most=400,
    )
    x, z = solved.x, solved.z
    off = made @ x[:neurons] + G @ x[neurons : neurons + G.shape[1]]
    off = off + fits @ x[neurons + G.shape[1] :] - labels
    if not np.abs(off).max() < _OFF * (1 + np.abs(labels).max()):
        return None
    Z = x[:neurons].reshape(m, c + 1)[:, 1:]
    N = -(z[: n * c] / every).reshape(n, c) * beta
    reached = (labels - fits @ x[neurons + G.shape[1] :]) * every
    return Z * (own / unit), N, reached.reshape(n, c) * (own / unit)


def _columns(columns: Sequence[Sequence[Fraction]], lengths: "Floats") -> "Floats":
    """Return what is free as columns over rows of length 1, the largest entry of each 1."""
    import numpy as np

    rows = np.array([[float(t) for t in g] for g in columns])
    G = (rows.reshape(len(columns), len(lengths)) / lengths).T
    size = np.abs(G).max(axis=0, initial=0.0)
    found: Floats = G / np.where(size > 0, size, 1.0)
    return found
