"""Claims *rank_bound*, *network*, *connected*: from which width on all are joined (B5)."""

from ...kernel.numbers import Vector
from ...kernel.reading import Json, array, record
from .. import polytope
from .directions import Continuum, Directions, active, read_direction, tight
from .outputs import Outputs


def rank_bound(D: Outputs, N: Vector, witness: Json) -> dict[str, Json]:
    """Return rho, the rank of N, and ``n rho - rho (rho - 1) / 2 + 1`` (B5)."""
    rho, _, _ = polytope.dimension(D, polytope.Held(D.columns(N)), [], witness)
    return {"rho": rho, "bound": width_of(D.n, rho)}


def width_of(n: int, rho: int) -> int:
    """Return ``n rho - rho (rho - 1) / 2 + 1``, for any rho that is not below the rank of N."""
    return n * rho - rho * (rho - 1) // 2 + 1


def network(D: Outputs, N: Vector, fit: Vector, claim: Json) -> None:
    """Prove one optimal network: tight directions whose masses give the fit, modulo Z."""
    where = "claims.network"
    read = array(claim["neurons"], where)
    for entry in read:
        record(entry, "g mass", where)
    A = Directions(D, N, [read_direction(D, entry["g"], where) for entry in read])
    for a in A:
        tight(A, a, where)
    masses = [entry["mass"] for entry in read]
    one = {"support": list(range(len(read))), "weights": masses}
    polytope.vertices_of(D, A, D.modulo(fit), {"list": [one]})


def connected(
    D: Outputs, A: Directions, continua: list[Continuum], bound: int, witness: Json
) -> dict[str, Json]:
    """Return the rank of all tight features, and the width that it and rho give (B5).

    The features of a continuum span the ``phi_i h_j' + phi_j h_i'`` of a basis.
    """
    factor = A.most**2
    columns = [A.reduced(i) for i in range(len(A))]
    for one in continua:
        phi = [active(D, one.covector, v) for v in one.basis]
        h = [A.outputs(x) for x in phi]
        for i in range(len(phi)):
            for j in range(i, len(phi)):
                D.clock.tick()
                twice = 0 if i == j else factor
                both = [
                    factor * p * s + twice * q * t
                    for s, t in zip(h[j], h[i], strict=True)
                    for p, q in zip(phi[i], phi[j], strict=True)
                ]
                columns.append(D.modulo(both))
    rank, _, _ = polytope.dimension(D, polytope.Held(columns, A.common), [], witness)
    return {"rank": rank, "connected_from": min(rank + 1, bound)}


def told(claims: dict[str, Json], *, even: bool = False) -> list[str]:
    """Return what is proved, in words; ``even``: opposite atoms are not listed."""
    if "enclosed" in claims:
        value = "the optimum of every network, wide enough, in intervals"
        listed = claims["enclosed"]["atoms"]
        tight = listed or claims["enclosed"]["continua"]
        opposite = " and their opposites" if even and tight else ""
        if "spanned" in claims:
            sizes = [len(one["kernel"]) for one in claims["enclosed"]["continua"]]
            wide = claims["spanned"]["connected_from"]
            return [value, *spread(len(listed), sizes, wide, opposite)]
        wide, widths = claims["threshold"]["threshold"], claims["widths"]
        count, least, most = (
            sum(widths["spectrum"].values()),
            widths["m_star"],
            widths["M_star"],
        )
        points = "one point" if count == 1 else f"{count} vertices"
        used = f"m* = M* = {least}" if least == most else f"m* = {least}, M* = {most}"
        return [
            value,
            f"the tight set: {len(listed)} atoms{opposite}, no other",
            f"the optimal set: {points}, {used}",
            f"optimal networks are joined for good from width {wide} on",
        ]
    if "road" in claims or "gap" in claims:
        told = claims["road" if "road" in claims else "gap"]
        exact = told["gap"] if type(told["gap"]) is str else "in the interval of the claim"
        lines = [f"the gap to the optimum of every network: {exact}"]
        if "road" in claims:
            lines.insert(0, f"no barrier on the road, of {told['width']} slots")
        return lines
    optimum = claims["optimum" if "optimum" in claims else "intervals"]
    value, atoms = optimum["objective"], len(claims["atoms"]["list"])
    number = value if type(value) is str else "a number of the field"
    lines = [f"the optimum of every network, wide enough: {number}"]
    if "continua" in claims:
        sizes = [len(one["kernel"]) for one in claims["continua"]["list"]]
        return [*lines, *spread(atoms, sizes, claims["connected"]["connected_from"])]
    dim, boxed = claims["dimension"]["dim"], "lifted" in claims
    points = claims["lifted" if boxed else "vertices"]["list"]
    known = "optimal set, lifted" if boxed else "optimal set"
    least, most = claims["widths"]["m_star"], claims["widths"]["M_star"]
    wide = claims["threshold"]["threshold"]
    return [
        *lines,
        f"the tight set: {atoms} atoms, no other",
        f"the {known}: dimension {dim}, {len(points)} vertices, m* = {least}, M* = {most}",
        f"optimal networks are joined for good from width {wide} on",
    ]


def spread(atoms: int, sizes: list[int], wide: int, opposite: str = "") -> list[str]:
    """Return what is proved of a continuum, or of pairs of atoms, in words."""
    continua = f", continua of dimension {sizes}" if sizes else ""
    return [
        f"the tight set: {atoms} atoms{continua}{opposite}, no other",
        f"optimal networks are joined from width {wide} on",
    ]
