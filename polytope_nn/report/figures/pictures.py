"""The pictures of optimal sets by name, each a function of value, title and form."""

from collections.abc import Callable, Mapping

from polytope_nn.dual.optimum import Optimum
from polytope_nn.errors import DimensionError, UnboundedError
from polytope_nn.landscape.optimal_set import OptimalPolytope

from .arrows import arrows_picture
from .drawing_ellipsoid import ellipsoid_picture
from .ellipse import ellipse_picture, require_ellipsoid
from .figure import staircase_figure
from .polytopes.drawing import polytope_picture
from .polytopes.hasse import lattice_picture
from .polytopes.widths import widths_picture

__all__ = ["OF_OPTIMA", "OF_POLYTOPES"]


def _ellipsoid(O: Optimum, title: str, form: str) -> bytes:
    n = O.problem.n
    if n not in {2, 3}:
        raise DimensionError(
            f"the rectified ellipsoid of n = {n} samples lies in R^{n}: only n = 3 and n = 2 "
            f"can be drawn (--what polytope, widths, faces or staircase at any n)"
        )
    require_ellipsoid(O)
    draw = ellipse_picture if n == 2 else ellipsoid_picture
    return draw(O, title, form)


def _staircase(P: OptimalPolytope, title: str, form: str) -> bytes:
    if P.staircase.reason:
        raise UnboundedError(P.staircase.reason)
    return staircase_figure(P.staircase, title, form)


OF_OPTIMA: Mapping[str, Callable[[Optimum, str, str], bytes]] = {
    "ellipsoid": _ellipsoid,
    "atoms": arrows_picture,
}
OF_POLYTOPES: Mapping[str, Callable[[OptimalPolytope, str, str], bytes]] = {
    "polytope": polytope_picture,
    "widths": widths_picture,
    "faces": lattice_picture,
    "staircase": _staircase,
}
