"""The same four samples with three skip connections: a point, a function, a continuum."""

from polytope_nn.functions.piecewise_linear import represented
from polytope_nn.functions.uniqueness import uniqueness
from polytope_nn.problems.interpolation import InterpolationProblem

SAMPLES = [[1, 0], [-1, 0], [0, 1], [0, -1]]
LABELS = [1, 1, 0, 0]

for skip in ("none", "linear", "affine"):
    problem = InterpolationProblem(SAMPLES, LABELS, bias="penalised", skip=skip)
    answer = uniqueness(problem)
    solved = answer.interpolation
    S = solved.staircase
    print(
        f"{skip} skip: {answer.verdict}, cost {solved.cost}, {S.spectrum} vertices by width"
    )
    if answer.witness is None:
        print(f"  f(x) = {represented(solved, solved.point(solved.vertices[0]))}")
    else:
        x = ", ".join(map(str, answer.witness.x))
        first, second = answer.witness.values
        print(f"  f(x) = {answer.witness.first}, f({x}) = {first}")
        print(f"  h(x) = {answer.witness.second}, h({x}) = {second}")
