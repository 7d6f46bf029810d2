"""Paths between interpolating networks when nothing is regularised (THEORY §7, Nguyen).

For ``beta = 0`` the optimal set is ``{networks of m neurons : fit = y}``, and for
``m >= n + 1`` it is connected. A path in four legs: balance both ends (``alpha w`` of every
neuron is kept, so is the fit); prune both to independent features, at most n; walk from
the one to the other along edges of ``{c >= 0 : sum_j c_j f_j = y}``, f over the neurons of
both, by simplex steps that lower the mass left on the first: one column enters, one leaves,
at most n + 1 in use; put the neurons into the slots of the end by moves.

References
----------
Q. Nguyen, *On connected sublevel sets in deep learning*, ICML 2019.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from fractions import Fraction

from polytope_nn.called import given, given_width
from polytope_nn.errors import DimensionError, NotInterpolable
from polytope_nn.exact.rational import matrix, vector
from polytope_nn.exact.scalar import Scalar
from polytope_nn.geometry.simplex import Tableau, falling, pruned
from polytope_nn.networks.membership import Held, Placement
from polytope_nn.networks.network import Network, Neuron, feature, ray, same_ray
from polytope_nn.wording import plural

from .mixtures import masses_of
from .route import Vertices, route
from .stops import network_on

__all__ = ["ZeroLossPath", "zero_loss_path"]


@dataclass(frozen=True, repr=False)
class ZeroLossPath:
    """A path of networks that interpolate; consecutive breakpoints are joined by lines.

    The sign and the ray of every slot stay what they are along a line while it holds
    a neuron, and its u is linear. The first and the last step balance: u stays.
    """

    breakpoints: tuple[Network, ...]

    def __repr__(self) -> str:
        return (
            f"ZeroLossPath(width={self.breakpoints[0].width}, "
            f"breakpoints={len(self.breakpoints)})"
        )


def zero_loss_path(
    X: Sequence[Sequence[object]],
    y: Sequence[object],
    start: Network,
    end: Network,
    width: int | None = None,
) -> ZeroLossPath:
    """Return a path between two interpolating networks, every network on it interpolating.

    Parameters
    ----------
    X, y
        The samples, shape (n, d), and their labels, shape (n,).
    start, end
        Networks with ``sum_j (X w_j)_+ alpha_j = y``, balanced or not.
    width
        The number of slots, at least ``n + 1``; by default the least that serves.

    Returns
    -------
    ZeroLossPath
        Breakpoints, each interpolating; linear in u between them.

    Raises
    ------
    NotInterpolable
        When the fit of one of them is not y.
    DimensionError
        When the width is less than ``n + 1`` or than the neurons need.

    Examples
    --------
    >>> a, b = Network.of((1, [2])), Network.of((1, [3]), (-1, [1]))
    >>> zero_loss_path([[1]], [2], a, b)
    ZeroLossPath(width=2, breakpoints=2)
    """
    given(Network, start, end)
    given_width(width)
    rows, labels = matrix(X), vector(y)
    n = len(rows)
    if not n or len(labels) != n:
        raise DimensionError(
            f"{plural(n, 'row')} of X and {plural(len(labels), 'label')}: give one for each "
            f"row, and one row at least"
        )
    m = width if width is not None else max(start.width, end.width, n + 1)
    if m <= n:
        raise DimensionError(
            f"the width is {m}: interpolating networks are joined from n + 1 = {n + 1} on"
        )
    start, end = start.padded(m), end.padded(m)
    for name, network in (("start", start), ("end", end)):
        fit = network.fit(rows)
        wrong = next((k for k in range(n) if fit[k] != labels[k]), None)
        if wrong is not None:
            raise NotInterpolable(
                f"the {name} does not interpolate: sample {wrong} has the label "
                f"{labels[wrong]} and the output {fit[wrong]}"
            )
    neurons: list[Neuron] = []
    a = _placement(neurons, start)
    b = _placement(neurons, end)
    F = [feature(rows, x.sign, x.u) for x in neurons]
    ways = _interpolating(F, labels, a, b)
    nets = [network_on(neurons, p) for p in ways]
    if not start.is_balanced:
        nets.insert(0, start)
    if not end.is_balanced:
        nets.append(end)
    return ZeroLossPath(tuple(nets))


def _placement(neurons: list[Neuron], network: Network) -> Placement:
    """Return a network as columns and masses, its new rays appended to the columns."""
    slots: list[Held] = []
    for x in network.balanced().slots:
        if x is None:
            slots.append(None)
            continue
        known = (
            j for j, o in enumerate(neurons) if o.sign == x.sign and same_ray(o.u, x.u)
        )
        j = next(known, len(neurons))
        if j == len(neurons):
            neurons.append(Neuron(x.sign, x.u))
        i = ray(x.u)
        slots.append((j, x.u[i] / neurons[j].u[i]))
    return tuple(slots)


def _interpolating(
    F: Sequence[Sequence[Scalar]], y: Sequence[Scalar], a: Placement, b: Placement
) -> list[Placement]:
    """Return placements from a to b on one fit, consecutive ones compatible."""
    features = [tuple(f) for f in F]
    free: list[Scalar] = [Fraction(0)] * len(F)
    masses_a, masses_b = (pruned(features, free, masses_of(p)) for p in (a, b))
    # the mass on columns that b does not use falls to 0: b's features are independent,
    # so the solution left is b
    prices: list[Scalar] = [Fraction(int(j not in masses_b)) for j in range(len(F))]
    points = [masses_a]
    T = Tableau.of(features, tuple(y), sorted(masses_a))
    points.extend(falling(T, prices))
    vertices = Vertices(
        tuple(tuple(c.get(j, Fraction(0)) for j in range(len(F))) for c in points),
        tuple(sum(1 << j for j in c) for c in points),
    )
    found = route(vertices, a, b)
    assert isinstance(found, list)  # Nguyen: consecutive points use at most n + 1 columns
    return found
