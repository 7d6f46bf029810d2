"""Descents from random networks that use every slot: n = 10, m = 11."""

from polytope_nn import Limits, Network, TrainingProblem, optimal_polytope, optimum
from polytope_nn.networks.membership import is_optimal, solution
from polytope_nn.paths.descent import descent
from tests.landscape.planted import seeded


def problem(k):
    """Rows +-e_1 .. +-e_k, kappa = 1, a fit of random masses: n = 2k, 2^k atoms."""
    X = [[s * (i == j) for j in range(k)] for i in range(k) for s in (1, -1)]
    kappa = [1] * (2 * k)
    atoms = optimum(TrainingProblem(X, [5] * (2 * k), beta_squared=k), kappa=kappa).atoms
    rng = seeded(3)
    chosen = rng.sample(range(len(atoms)), 9)
    fit = [sum(atoms[a].feature[j] for a in chosen) for j in range(2 * k)]
    D = TrainingProblem(X, [1 + z for z in fit], beta_squared=k)
    return optimal_polytope(optimum(D, kappa=kappa), limits=Limits(vertices=200_000))


def test_descents(benchmark):
    P = problem(5)
    n, d = P.optimum.problem.n, P.optimum.problem.d
    rng = seeded(4)
    starts = [
        Network.of(
            *(
                (rng.choice([1, -1]), [rng.randint(-5, 5) or 1 for _ in range(d)])
                for _ in range(n + 1)
            )
        )
        for _ in range(5)
    ]
    end = solution(P, P.vertices[-1], n + 1)

    def every():
        return [descent(P, start, end) for start in starts]

    found = benchmark.pedantic(every, rounds=2)
    assert all(is_optimal(P.optimum, x.breakpoints[-1]) for x in found)
    benchmark.extra_info["n"] = n
    benchmark.extra_info["descents"] = len(starts)
    benchmark.extra_info["most lines"] = max(len(x.breakpoints) - 1 for x in found)
