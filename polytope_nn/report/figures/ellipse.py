"""The rectified ellipse of two samples and the face that kappa exposes (THEORY T5).

``Q_X = {(Xu)_+ : |u| <= 1}`` lies in the plane for n = 2. The line ``kappa'z = beta`` supports
``conv(Q_X and -Q_X)`` and touches it in ``F_a/beta``, one point per atom; the optimal fit
points at the face those span.
"""

from typing import TYPE_CHECKING

from polytope_nn.dual.optimum import Optimum
from polytope_nn.errors import InstanceError

from .paper.labels import Around, Label, put_labels
from .paper.look import GREEN, INK, PALE, Look, Sheet, one_panel

if TYPE_CHECKING:
    import numpy as np
    from matplotlib.axes import Axes
    from numpy.typing import NDArray

    Floats = NDArray[np.float64]

__all__ = ["draw_ellipse", "ellipse_picture", "require_ellipsoid"]


def require_ellipsoid(O: Optimum) -> None:
    """Raise ``InstanceError`` where the neurons' set is no rectified ellipsoid."""
    O.problem.require_relu()
    if O.problem.bias == "free":
        raise InstanceError(
            "bias: free: the set Q of such neurons is unbounded: draw atoms"
        )


def ellipse_picture(O: Optimum, title: str, form: str) -> bytes:
    """Return the picture of a problem with n = 2 as the bytes of a file."""
    foot = (
        "Q and −Q: the rectified ellipse; numbered from 0: $F_a/\\beta$, blue ●: sign +, green ■: "
        "sign −\ndashed line: $\\kappa'z = \\beta$; bold: the face κ exposes; star: where the "
        "fit's ray meets it"
    )
    return one_panel(
        lambda axes, look: draw_ellipse(axes, O, look),
        title,
        form,
        Sheet((5.8, 6.0), foot, scales=True),
    )


def draw_ellipse(axes: "Axes", O: Optimum, look: Look) -> None:
    """Draw the rectified ellipse of an optimum with n = 2 on axes."""
    import numpy as np

    beta = float(O.problem.beta_squared) ** 0.5
    X = np.array([[float(t) for t in x] for x in O.problem.design])
    used = {a.sign for a in O.atoms} or {1}
    outline = _rectified(X)
    reach = float(np.abs(outline).max()) or 1.0
    low = -1.22 * reach if min(used) < 0 else -0.24 * reach
    axes.set_xlim(low, 1.22 * reach)
    axes.set_ylim(low, 1.22 * reach)
    axes.set_aspect("equal", adjustable="box")
    axes.apply_aspect()
    for sign in (1, -1):
        if sign in used:
            shape = sign * outline
            axes.fill(*shape.T, facecolor=look.color, alpha=0.3 if sign > 0 else 0.13, lw=0)
            axes.plot(*shape.T, color=look.color, lw=look.linewidth)
            axes.annotate(
                "Q" if sign > 0 else "−Q", tuple(sign * _inside(outline)),
                color=look.color, fontsize=look.fontsize + 2, ha="center", va="center",
            )  # fmt: skip
    kappa = np.array([float(t) for t in O.kappa])
    points = np.array([[float(t) / beta for t in a.feature] for a in O.atoms])
    points = points.reshape(-1, 2)
    size = float(kappa @ kappa)
    line = []
    if size:
        foot, along = beta * kappa / size, np.array([-kappa[1], kappa[0]]) / size**0.5
        ends = np.array([foot - 4 * reach * along, foot + 4 * reach * along])
        axes.plot(*ends.T, color=look.second, lw=0.9, ls=(0, (5, 2)), zorder=2)
        line = [
            ((float(ends[0, 0]), float(ends[0, 1])), (float(ends[1, 0]), float(ends[1, 1])))
        ]
    if len(points) > 1:
        axes.plot(*points.T, color=look.second, lw=2.4 * look.linewidth, zorder=3)
    star = _star(axes, O, kappa, beta, look)
    labels = []
    for a, (x, y) in enumerate(points):
        marker, colour = ("o", look.color) if O.atoms[a].sign > 0 else ("s", GREEN)
        axes.plot(x, y, marker, ms=look.markersize, mfc=colour, mec=INK, mew=1.2, zorder=5)
        labels.append(Label(str(a), (float(x), float(y)), (0.0, 0.0)))
    _cross(axes)
    if look.labels:
        put_labels(axes, labels, Around(star, line, look.markersize / 2 + 1), look.fontsize)


def _star(
    axes: "Axes", O: Optimum, kappa: "Floats", beta: float, look: Look
) -> list[tuple[float, float]]:
    """Draw where the ray of the fit meets the face, and return the place."""
    import numpy as np

    fit = np.array([float(t) for t in O.fit])
    along = float(kappa @ fit)
    if along <= 0:
        return []
    x, y = fit * beta / along
    axes.plot([0, x], [0, y], color=INK, lw=0.9, ls="--", zorder=2)
    axes.plot(
        x, y, "*", color=look.second, mec=INK, mew=0.8, ms=1.7 * look.markersize, zorder=6
    )
    return [(float(x), float(y))]


def _cross(axes: "Axes") -> None:
    """Put the axes through 0."""
    axes.spines[["top", "right"]].set_visible(False)
    axes.axhline(0, color=PALE, lw=0.6, zorder=0)
    axes.axvline(0, color=PALE, lw=0.6, zorder=0)
    axes.set_xlabel("sample 1", color=INK)
    axes.set_ylabel("sample 2", color=INK)
    axes.tick_params(labelsize=7)


def _rectified(X: "Floats") -> "Floats":
    """Return the boundary of the rectified ellipse in its order, shape (k, 2).

    ``{Xu : |u| <= 1}`` is an ellipse; its image under rectification is the part in the first
    quadrant and the segments of the axes that the rest is pressed onto.
    """
    import numpy as np

    gram = X @ X.T
    U, S, _ = np.linalg.svd(gram)
    turns = np.linspace(0, 2 * np.pi, 1441)
    circle = np.array([np.cos(turns), np.sin(turns)])
    ellipse = (U * np.sqrt(np.maximum(S, 0))) @ circle
    image = np.maximum(ellipse, 0.0).T
    inside = image[(image > 0).all(axis=1)]
    arc = inside[np.argsort(np.arctan2(inside[:, 1], inside[:, 0]), kind="stable")]
    # the ellipse meets the axes there; what lies beyond them is pressed onto them
    crossing = [
        np.sqrt(max(S.prod(), 0) / gram[1 - i, 1 - i]) if gram[1 - i, 1 - i] else 0
        for i in range(2)
    ]
    widest = [np.sqrt(gram[i, i]) for i in range(2)]
    right, top = widest if gram[0, 1] <= 0 else crossing
    path: Floats = np.array([[0.0, 0.0], [right, 0.0], *arc, [0.0, top], [0.0, 0.0]])
    return path


def _inside(outline: "Floats") -> "Floats":
    """Return a place for the name of the set: near 0, inside."""
    middle: Floats = outline.mean(axis=0) * [0.7, 0.25]
    return middle
