"""Blocks that are tied on a subspace of dual variables, some without weight, proved in balls.

The blocks in use are classes of one form on the subspace, as tied neurons are
(:mod:`polytope_nn.search.tied.subspace`); another one that has the form of a class there is tied as
well. Features and the fit are rational functions of the numbers that the dual variable is made of:
what is 0 of these, as the weight of such a block may be, is so for all of them.
"""

from collections.abc import Sequence

from polytope_nn.dual.units.blocks import BlockOptimum, Part, strictly_below
from polytope_nn.errors import Undecided
from polytope_nn.exact.ball import Balls
from polytope_nn.exact.linear import independent_rows, solve, transpose
from polytope_nn.exact.parametric import parameters
from polytope_nn.exact.rational import Matrix
from polytope_nn.exact.recognise import guess_relations
from polytope_nn.exact.scalar import Scalar, Scalars, dot
from polytope_nn.geometry.double_description import slice_vertices
from polytope_nn.search.losses.pieces import Pieces
from polytope_nn.search.tied import subspace
from polytope_nn.search.tied.near import start_near
from polytope_nn.search.tied.proving import TiedFace

from .block_search import BlockCandidate
from .enclosed_blocks import proved_atom

__all__ = ["blocks_on_subspace"]


def blocks_on_subspace(
    candidate: BlockCandidate, parts: Sequence[Part], bits: int, blocks: int
) -> BlockOptimum:
    """Return the optimum of a candidate whose tied blocks agree on a subspace, in balls.

    Raises
    ------
    Undecided
        When no subspace is found on which they do, or a decision is not strict.
    """
    problem, n = candidate.problem, candidate.problem.n
    refusal = Undecided("tied blocks that no relations of kappa explain")
    flat = isinstance(problem, Pieces) and problem.flats
    other = flat or candidate.pins or candidate.kept or not candidate.basis
    if other or n > subspace.MOST_SAMPLES or any(part.is_column for part in parts):
        raise refusal
    Z = tuple(problem.free.columns[j] for j in problem.free.basis)
    faces = {face.chart: face for face in candidate.faces}
    V = {i: parts[i].factor(face.covector[1:]) for i, face in faces.items()}
    used = [unit.face.chart for unit in candidate.basis]
    seen = guess_relations(
        candidate.kappa, bits=subspace.BITS * n, largest=subspace.LARGEST
    )
    for L in subspace.choices(seen, (), Z):
        O, _ = subspace.spanned((*Z, *L), n)
        classes = subspace.classed([faces[i] for i in used], [V[i] for i in used], O)
        every = subspace.classed([*faces.values()], [*V.values()], O)
        near = [c.factors[0] for c in classes]
        start = start_near(problem, candidate.kappa, near, (*Z, *L))
        if start is None or len(every) > len(classes):
            continue
        try:
            dual, tied, beside = subspace.solved(
                (problem, (), {}), classes, (Z, L), (O, start), bits
            )
            return _optimum(candidate, (parts, V, blocks), dual, tied, beside)
        except Undecided as reason:
            refusal = reason
    raise refusal


def _optimum(
    candidate: BlockCandidate,
    of: tuple[Sequence[Part], dict[int, Matrix], int],
    dual: tuple[Matrix, Balls],
    tied: Sequence[TiedFace],
    beside: Balls,
) -> BlockOptimum:
    """Return the optimum at ``O theta``, every other block strictly below beta."""
    (parts, V, blocks), (O, theta), problem = of, dual, candidate.problem
    balls: Scalars = tuple(dot(row, theta) for row in O)
    for i, part in enumerate(parts):
        if i not in V and strictly_below(part, balls, problem.beta_squared) is None:
            raise Undecided(f"whether block {part.block + 1} is below beta")
    faces, places = {face.chart: face for face in candidate.faces}, sorted(V)
    masses = {face.chart: c for face, _, c in tied}
    letters = parameters([*theta, *masses.values(), *beside]).letters()
    q = len(theta)
    weight = dict(zip(masses, letters[q:], strict=False))
    kappa = tuple(dot(row, letters[:q]) for row in O)
    features = [
        problem.free.modulo([dot(v, _pull(V[i], kappa)) for v in V[i]]) for i in places
    ]
    basis = [features[j] for j in independent_rows(features)]
    coordinates: list[Scalars] = []
    for F in features:
        shares = solve(transpose(basis), F)
        assert shares is not None  # of a basis
        coordinates.append(shares)
    c = [weight.get(i, kappa[0] * 0) for i in places]
    total = tuple(dot(c, column) for column in transpose(coordinates))
    atoms = tuple(proved_atom(parts[i], faces[i].covector[1:], V[i], balls) for i in places)
    return BlockOptimum(
        problem,
        balls,
        atoms,
        tuple(c),
        (),
        "interval",
        len(basis),
        pairs=tuple(parts[i].pair for i in places),
        owners=tuple(parts[i].block for i in places),
        blocks=blocks,
        classes=tuple((j,) for j in range(len(places))),
        masses=slice_vertices(transpose(coordinates), total),
        coordinates=tuple(coordinates),
        totals=total,
    )


def _pull(V: Matrix, kappa: Sequence[Scalar]) -> Scalars:
    return tuple(dot(column, kappa) for column in transpose(V))
