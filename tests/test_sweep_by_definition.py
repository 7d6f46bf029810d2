"""What sweep tells of a family, against Theta_m by its definition: one polytope for each choice
of an atom in every slot, joined where they share a vertex."""

import json
from fractions import Fraction
from itertools import combinations, product

import pytest

from polytope_nn import TrainingProblem, optimum
from polytope_nn.cli import main
from tests.oracles.units import slope_atoms

FAMILY = [
    {"X": [[1, -1, 0], [0, 1, -1]], "y": [2, 2], "beta_squared": 2},
    {"X": [[1, 0], [-1, 0], [0, 1], [0, -1]], "y": [3, 3, 3, 3], "beta_squared": 2},
    {"X": [[1, 0], [-1, 0], [0, 1], [0, -1]], "y": [3, 4, 4, 3], "beta_squared": 2},
    {"X": [[1], [-1]], "y": [2, 3], "beta": 1},
    {"X": [[1, 1], [-1, 1], [0, -1]], "y": [2, 2, 1], "beta": 1},
]
MOST = 4  # slots


def solved(columns, right):
    """Return the one solution of columns times x = right; None where there is none, or many."""
    rows = [[*row, t] for row, t in zip(zip(*columns, strict=True), right, strict=True)]
    for j in range(len(columns)):
        pivot = next((i for i in range(j, len(rows)) if rows[i][j]), None)
        if pivot is None:
            return None
        rows[j], rows[pivot] = rows[pivot], rows[j]
        rows[j] = [t / rows[j][j] for t in rows[j]]
        for i, row in enumerate(rows):
            if i != j and row[j]:
                rows[i] = [s - row[j] * t for s, t in zip(row, rows[j], strict=True)]
    if any(row[-1] for row in rows[len(columns) :]):
        return None
    return [row[-1] for row in rows[: len(columns)]]


def counted(features, fit, m):
    """Return how many components Theta_m has, and how many of them are points."""
    cells, whole, known = [], range(m), {}
    for labels in product(range(len(features)), repeat=m):
        points = set()
        for size in range(1, m + 1):
            for used in combinations(whole, size):
                own = tuple(labels[j] for j in used)
                if own not in known:
                    known[own] = solved([features[a] for a in own], fit)
                c = known[own]
                if c is not None and min(c) > 0:
                    points.add(
                        tuple((j, labels[j], t) for j, t in zip(used, c, strict=True))
                    )
        if points:
            cells.append(points)
    parts = []  # sets of points that are joined
    for points in cells:
        met = [part for part in parts if part & points]
        parts = [part for part in parts if not part & points] + [points.union(*met)]
    return len(parts), sum(len(part) == 1 for part in parts)


@pytest.fixture(scope="module", params=["relu", "1:1/3"])
def swept(request, tmp_path_factory):
    """The lines of a sweep with an activation, by index and theorem, and what is counted."""
    folder = tmp_path_factory.mktemp("family")
    file, out = folder / "in.jsonl", folder / "out.jsonl"
    file.write_text("\n".join(map(json.dumps, FAMILY)), encoding="utf-8")
    asked = ["sweep", "T7.1,T7.3,T7.4,T7.5,T8,T9", "--input", str(file), "-o", str(out)]
    assert main([*asked, "--jobs", "1", "--activation", request.param]) == 0
    lines = map(json.loads, out.read_text(encoding="utf-8").splitlines())
    told = {(line["index"], line["theorem"]): line for line in lines}
    left = Fraction(0) if request.param == "relu" else Fraction(1, 3)
    activation = "relu" if not left else {"slopes": [1, left]}
    defined = []
    for fields in FAMILY:
        D = TrainingProblem(**fields, activation=activation)
        kappa = optimum(D).kappa
        square, atoms = slope_atoms(D.X, kappa, 1, left)
        assert square == D.beta_squared  # kappa is feasible, and the fit below is optimal
        fit = [y - k for y, k in zip(D.y, kappa, strict=True)]
        features = []
        for s, g in sorted(atoms):
            u = [sum(a * b for a, b in zip(x, g, strict=True)) for x in D.X]
            features.append([s * (t if t > 0 else left * t) for t in u])
        defined.append([counted(features, fit, m) for m in range(1, MOST + 1)])
    return told, defined


def test_counts_are_those_of_the_definition(swept):
    told, defined = swept
    seen = 0
    for i, counts in enumerate(defined):
        for row in told[i, "T8"]["witness"]["widths"]:
            if row["m"] <= MOST:
                seen += 1
                assert (row["components"], row["isolated"]) == counts[row["m"] - 1], (
                    i,
                    row,
                )
    assert seen > 10


def test_verdicts_are_those_of_the_definition(swept):
    told, defined = swept
    for i, counts in enumerate(defined):
        least = next(m for m, (parts, _) in enumerate(counts, 1) if parts)
        first = told[i, "T7.1"]
        assert first["witness"]["m"] == least
        parts, points = counts[least - 1]
        assert (first["verdict"], first["witness"]["points"]) == (parts == points, points)
        most = told[i, "T7.3"]["witness"]["m"]
        assert most == max(m for m, (_, points) in enumerate(counts, 1) if points)
        assert told[i, "T7.3"]["verdict"] is (counts[most - 1][1] > 0)
        assert told[i, "T7.4"]["verdict"] is not any(points for _, points in counts[most:])
        last = told[i, "T7.5"]["witness"]["threshold"]
        joined = [m for m, (parts, _) in enumerate(counts, 1) if m >= last]
        assert all(counts[m - 1][0] == 1 for m in joined)
        assert last in {1, least} or last > MOST or counts[last - 2][0] != 1
