"""Sign-vector networks: problems whose atoms are prescribed, P known before it is solved."""

from collections.abc import Iterable
from fractions import Fraction

from hypothesis import strategies as st

from polytope_nn.errors import InstanceError
from polytope_nn.problems.sign_networks import SignNetworks

__all__ = ["sign_networks"]


def sign_networks(
    W: Iterable[Iterable[object]] | None = None, *, p: int = 3
) -> st.SearchStrategy[SignNetworks]:
    """Return a strategy for networks on the sign vectors of a subspace (S1).

    W is spanned by the rows given, or drawn: spanned by sign vectors of at most p entries.
    Masses are drawn; ``drawn.problem`` is the training problem, ``drawn.kappa`` its dual
    optimum, ``drawn.vectors`` all its atoms, ``drawn.supports`` the vertices of P.

    Raises
    ------
    InstanceError
        When p is no positive integer, or the rows span no sign vector.
    """
    if W is not None:
        return _weighted(SignNetworks.of(W))
    if type(p) is not int or p < 1:
        raise InstanceError(f"sign_networks: p = {p!r}: give an integer >= 1")
    row = st.integers(1, p).flatmap(
        lambda size: st.lists(
            st.tuples(*[st.sampled_from((1, -1))] * size), min_size=1, max_size=size
        )
    )
    return row.flatmap(lambda rows: _weighted(SignNetworks.of(rows)))


def _weighted(found: SignNetworks) -> st.SearchStrategy[SignNetworks]:
    """Return the same networks with masses that are drawn, not all 0."""
    mass = st.sampled_from((0, 1, 1, 2, Fraction(1, 2)))
    count = len(found.vectors)
    masses = st.lists(mass, min_size=count, max_size=count).filter(any)
    return masses.map(
        lambda drawn: SignNetworks.of(
            found.basis, dict(zip(found.vectors, drawn, strict=True))
        )
    )
