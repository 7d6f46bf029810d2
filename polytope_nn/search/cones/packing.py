"""A tree of floats as the integers that :mod:`~polytope_nn.dual.cone_tree` proves."""

from fractions import Fraction
from typing import TYPE_CHECKING

from polytope_nn.dual.cone_form import ConeForm
from polytope_nn.exact.rational import approximate_root

from .floats import shortest
from .growing import Grown

if TYPE_CHECKING:
    import numpy as np
    from numpy.typing import NDArray

__all__ = ["packed"]

_INSIDE = 0.5  # of the room of a strict leaf: how far its p is moved into the dual cone


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
