"""The rectified ellipsoid of three samples and the face that kappa exposes (THEORY T5).

First of all: ``kappa = -grad L(fit)``; the talk's ``nu`` is ``-kappa``.

``Q_X = {(Xu)_+ : |u| <= 1}`` lies in R^3 for n = 3. The plane ``kappa'z = beta`` supports
``conv(Q_X and -Q_X)`` and touches it in ``F_a/beta``, one point per atom; the optimal fit points
at the face those span. Two views of one scene. The bytes are the same on every run.
"""

from collections.abc import Sequence
from typing import TYPE_CHECKING, Any

from polytope_nn.dual.optimum import Optimum

from .paper.forms import picture_bytes
from .paper.labels import Around, Label, put_labels
from .paper.look import GREEN, INK, PALE, STYLE, Look

if TYPE_CHECKING:
    import numpy as np
    from matplotlib.axes import Axes
    from numpy.typing import NDArray

    Floats = NDArray[np.float64]

__all__ = ["draw_ellipsoid", "ellipsoid_picture"]

_VIEWS = ((8, 22), (-6, 80))  # height and turn, seen from the side kappa points to
_MESH = 81  # odd: the poles and the equator are on the mesh


def ellipsoid_picture(O: Optimum, title: str, form: str) -> bytes:
    """Return the picture of a problem with n = 3 as the bytes of an image file."""
    import matplotlib as mpl
    from matplotlib.backends.backend_agg import FigureCanvasAgg
    from matplotlib.figure import Figure

    with mpl.rc_context(STYLE):
        figure = Figure(figsize=(10.4, 5.4))
        FigureCanvasAgg(figure)
        figure.subplots_adjust(left=0.03, right=0.97, bottom=0.1, top=0.94, wspace=0.08)
        front, level = _direction(O)
        for place, (height, turn) in enumerate(_VIEWS):
            axes: Any = figure.add_subplot(1, 2, place + 1, projection="3d")
            axes.view_init(elev=level + height, azim=front + turn)
            _scene(axes, O, Look())
        figure.suptitle(title, fontsize=11, x=0.02, ha="left")
        figure.text(
            0.02,
            0.02,
            "shaded: rectified ellipsoid Q and, paler, −Q; numbered from 0: $F_a/\\beta$, "
            "blue ●: sign +, green ■: sign −; red: the face exposed by κ; star: where the "
            "fit's ray meets it",
            fontsize=8,
            color=INK,
        )
        return picture_bytes(figure, form)


def draw_ellipsoid(axes: "Axes", O: Optimum, look: Look) -> None:
    """Draw one view of a problem with n = 3 on axes, or on ones in space inside them."""
    scene: Any = axes
    if axes.name != "3d":
        axes.set_axis_off()
        scene = axes.inset_axes((0, 0, 1, 1), projection="3d")
        scene.apply_aspect(scene.get_axes_locator()(scene, None))
    front, level = _direction(O)
    height, turn = _VIEWS[0]
    scene.view_init(elev=level + height, azim=front + turn)
    _scene(scene, O, look)


def _direction(O: Optimum) -> tuple[float, float]:
    """Return azimuth and height of kappa in degrees, the height at most 35."""
    import numpy as np

    k1, k2, k3 = (float(t) for t in O.kappa)
    height = float(np.degrees(np.arctan2(k3, np.hypot(k1, k2))))
    return float(np.degrees(np.arctan2(k2, k1))), min(35.0, max(-35.0, height))


def _scene(axes: Any, O: Optimum, look: Look) -> None:  # noqa: ANN401 - matplotlib's 3d axes, untyped
    """Draw one view."""
    import numpy as np

    X = np.array([[float(t) for t in x] for x in O.problem.design])
    beta = float(O.problem.beta_squared) ** 0.5
    surface = _rectified(X)
    used = {a.sign for a in O.atoms}
    for sign in (1, -1):
        if sign == 1 or sign in used:
            axes.plot_surface(
                *(sign * surface),
                color=look.color,
                alpha=0.30 if sign == 1 else 0.12,
                linewidth=0,
                rstride=2,
                cstride=2,
                shade=True,
            )
            _spikes(axes, sign * surface, look)
    kappa = np.array([float(t) for t in O.kappa])
    points = np.array([[float(t) / beta for t in a.feature] for a in O.atoms])
    if len(points) > 2:
        _face(axes, points, kappa, look.second)
    elif len(points) == 2:
        axes.plot(*points.T, color=look.second, lw=2.5 * look.linewidth / 1.4)
    for atom, z in zip(O.atoms, points, strict=True):
        marker, colour = ("o", look.color) if atom.sign > 0 else ("s", GREEN)
        axes.plot(
            *z[:, None], marker, color=colour, mec=INK, ms=6 / 7 * look.markersize, zorder=9
        )
    stars = [*points]
    fit = np.array([float(t) for t in O.fit])
    along = float(kappa @ fit)
    if along > 0:
        star = fit * beta / along
        axes.plot(*np.array([np.zeros(3), star]).T, color=INK, lw=0.9, ls="--")
        axes.plot(*star[:, None], "*", color=look.second, mec=INK, ms=13, zorder=11)
        stars.append(star)
    _frame(axes, max(1e-9, float(np.abs(surface).max())), min(used, default=1))
    if look.labels:
        _names(axes, points, stars, look.fontsize)


def _names(
    axes: Any,  # noqa: ANN401 - matplotlib's 3d axes, untyped
    points: "Floats",
    stars: Sequence["Floats"],
    fontsize: float,
) -> None:
    """Write the numbers of the atoms, off the markers as they are seen."""
    from mpl_toolkits.mplot3d.proj3d import (  # type: ignore[import-untyped] # no types
        proj_transform,
    )

    if not len(points):
        return
    axes.apply_aspect()
    flat = [proj_transform(*z, axes.get_proj())[:2] for z in stars]
    axes.set_autoscale_on(False)
    spots = [(float(x), float(y)) for x, y in flat]
    middle = (sum(x for x, _ in spots) / len(spots), sum(y for _, y in spots) / len(spots))
    n = len(points)
    labels = [Label(str(a), at, middle) for a, at in enumerate(spots[:n])]
    edges = [(p, q) for i, p in enumerate(spots[:n]) for q in spots[:i]] if n <= 8 else []
    put_labels(axes, labels, Around(spots[n:], edges), fontsize)


def _spikes(axes: Any, surface: "Floats", look: Look) -> None:  # noqa: ANN401 - as above
    """Draw where the ellipsoid is rectified to a segment of a coordinate axis."""
    import numpy as np

    for k in range(3):
        others = np.abs(np.delete(surface, k, axis=0)).max(axis=0)
        far = surface[k][others == 0]  # never empty: the mesh meets 0, or X has rank 3
        ends = np.zeros((3, 2))
        ends[k, 1] = far[np.abs(far).argmax()]
        axes.plot(
            *ends, color=look.color, lw=2 * look.linewidth / 1.4, solid_capstyle="round"
        )


def _frame(axes: Any, reach: float, least: int) -> None:  # noqa: ANN401 - as above
    from matplotlib.ticker import MaxNLocator

    low = -reach if least < 0 else 0.0
    for axis, setter in zip(
        "xyz", (axes.set_xlim, axes.set_ylim, axes.set_zlim), strict=True
    ):
        setter(low, reach)
        ticks = getattr(axes, f"{axis}axis")
        ticks.set_major_locator(MaxNLocator(3, prune="both"))
        getattr(axes, f"set_{axis}label")(f"sample {'xyz'.index(axis) + 1}", color=INK)
        getattr(axes, f"{axis}axis").pane.set_edgecolor(PALE)
    axes.set_box_aspect((1, 1, 1), zoom=0.86)
    axes.tick_params(labelsize=7)
    axes.grid(visible=False)


def _rectified(X: "Floats") -> "Floats":
    """Return ``(Xu)_+`` over a mesh of the unit sphere of the row space, shape (3, k, k)."""
    import numpy as np

    across, along = np.meshgrid(
        np.linspace(0, 2 * np.pi, 2 * _MESH - 1), np.linspace(0, np.pi, _MESH)
    )
    sphere = np.array(
        [np.cos(across) * np.sin(along), np.sin(across) * np.sin(along), np.cos(along)]
    )
    U, S, _ = np.linalg.svd(X, full_matrices=False)
    r = min(3, len(S))
    image = np.einsum("ij,jkl->ikl", U[:, :r] * S[:r], sphere[:r])
    rectified: Floats = np.maximum(image, 0.0)
    return rectified


def _face(axes: Any, points: "Floats", kappa: "Floats", colour: str) -> None:  # noqa: ANN401
    """Fill the convex hull of points in a plane orthogonal to kappa."""
    import numpy as np
    from mpl_toolkits.mplot3d.art3d import (  # type: ignore[import-untyped] # ships no types
        Poly3DCollection,
    )

    plane = np.linalg.svd(kappa[None, :])[2][1:]  # two directions orthogonal to kappa
    corners = points[_hull(points @ plane.T)]
    polygon = Poly3DCollection(
        [corners], facecolor=colour, edgecolor=colour, alpha=0.35, lw=1.5
    )
    axes.add_collection3d(polygon)


def _hull(flat: "Floats") -> list[int]:
    """Return the corners of the convex hull of points in the plane, shape (N, 2), in order.

    >>> import numpy as np
    >>> _hull(np.array([[0.0, 0], [2, 0], [1, 0.5], [2, 2], [0, 2]]))
    [0, 1, 3, 4]
    """
    order = sorted(range(len(flat)), key=lambda i: tuple(flat[i]))

    def chain(indices: list[int]) -> list[int]:
        kept: list[int] = []
        for i in indices:
            while len(kept) > 1:
                (ax, ay), (bx, by) = (
                    flat[kept[-1]] - flat[kept[-2]],
                    flat[i] - flat[kept[-2]],
                )
                if ax * by - ay * bx > 0:
                    break
                kept.pop()
            kept.append(i)
        return kept[:-1]

    return chain(order) + chain(order[::-1])
