"""Three tables: every loss, every unit, and every loss with every unit.

Each line of the first two is an instance with its level and its staircase, the components of the
optimal networks of width m*, m* + 1, ...; of a group LASSO those of its solutions. The third
has them for one data set, the square, with labels for which the fits are those of kappa = 1.
"""

import json
from pathlib import Path

import polytope_nn as pn
from polytope_nn.problems.instance import parse_instance
from polytope_nn.problems.units.lasso_file import lasso_of

HERE = Path(__file__).parent
SQUARE = [[1, 0], [-1, 0], [0, 1], [0, -1]]
POLYHEDRAL, ALGEBRAIC, BALLS = "rational", "rational, field, balls", "logarithms, balls"
LOSSES = {  # kind: an instance, and its numbers for any rational data
    "squared": ("square.json", ALGEBRAIC),
    "absolute": ("losses/absolute_segment.json", ALGEBRAIC),
    "huber": ("losses/huber_segment.json", ALGEBRAIC),
    "quantile": ("losses/quantile.json", ALGEBRAIC),
    "epsilon_insensitive": ("losses/epsilon_insensitive.json", ALGEBRAIC),
    "hinge": ("losses/hinge.json", ALGEBRAIC),
    "squared_hinge": ("losses/squared_hinge.json", ALGEBRAIC),
    "logistic": ("losses/logistic.json", BALLS),
    "exponential": ("losses/exponential.json", BALLS),
    "poisson": ("losses/poisson.json", BALLS),
    "power": ("losses/power.json", ALGEBRAIC),
    "interpolation": ("losses/interpolation.json", ALGEBRAIC),
    "tolerance": ("losses/tolerance.json", ALGEBRAIC),
    "margin": ("losses/margin.json", ALGEBRAIC),
}
UNITS = {
    "leaky": ALGEBRAIC,
    "absolute": ALGEBRAIC,
    "gated": ALGEBRAIC,
    "threshold": POLYHEDRAL,
    "threshold_open": POLYHEDRAL,
    "l1": POLYHEDRAL,
    "linf": POLYHEDRAL,
    "lasso": ALGEBRAIC,
    "lasso_cones": ALGEBRAIC,
}
GATES = [[1, 0, 1, 0], [1, 0, 0, 1], [0, 1, 1, 0], [0, 1, 0, 1]]
ON_THE_SQUARE = {  # the price at which kappa = 1 is optimal
    "relu": {"beta_squared": 2},
    "leaky": {"activation": {"slopes": ["1", "1/3"]}, "beta_squared": "8/9"},
    "gates": {"gates": GATES, "beta_squared": 2},
    "threshold": {"activation": "threshold", "beta": 4},
    "threshold_open": {"activation": "threshold_open", "beta": 2},
    "l1": {"penalty": "l1", "beta": 1},
    "linf": {"penalty": "linf", "beta": 2},
}
LABELS = {  # labels and weights whose fits at kappa = 1 are 1, or have it among them
    "squared": {"y": 2},
    "absolute": {"y": 1, "weights": 2},
    "huber": {"loss": {"kind": "huber", "delta": 2}, "y": 2},
    "quantile": {"loss": {"kind": "quantile", "tau": "1/2"}, "y": 1, "weights": 3},
    "epsilon_insensitive": {
        "loss": {"kind": "epsilon_insensitive", "epsilon": 1},
        "y": 2,
        "weights": 2,
    },
    "hinge": {"y": 1, "weights": 2},
    "logistic": {"y": 1, "weights": 3},
    "poisson": {"y": 3},
    "power": {"loss": {"kind": "power", "p": "4/3"}, "y": 2},
    "interpolation": {"y": 1},
    "margin": {"y": 1},
}


def counted(problem: pn.TrainingProblem | pn.GroupLasso) -> tuple[str, str]:
    """Return the level of a problem and its components, from m* on."""
    O = pn.optimum(problem)
    cells = getattr(O, "cells", ())
    if type(O).__name__ == "CellOptimum" or any(len(cell) > 1 for cell in cells):
        S = pn.slot_complex(O)
        steps = [(s.components, s.classes) for s in S]
    else:
        stairs = pn.optimal_polytope(O).staircase
        steps = [(s.components, s.polytope_components) for s in stairs]
    place = 1 if isinstance(problem, pn.GroupLasso) else 0
    return O.level, ", ".join(str(step[place]) for step in steps)


def problem_of(file: str) -> pn.TrainingProblem | pn.GroupLasso:
    """Return the problem of an instance in this folder."""
    instance = parse_instance((HERE / file).read_text(encoding="utf-8"), file)
    return lasso_of(instance)[0] if instance.model == "lasso" else instance.problem()


def row(*cells: str) -> str:
    """Return a row of a table."""
    return f"| {' | '.join(cells)} |"


def main() -> None:
    """Print the tables."""
    print(row("loss", "numbers", "instance", "level", "components from m*"))
    print(row(*["---"] * 5))
    for kind, (file, numbers) in LOSSES.items():
        print(row(kind, numbers, Path(file).name, *counted(problem_of(file))))
    print()
    print(row("unit", "numbers", "instance", "level", "components from m*"))
    print(row(*["---"] * 5))
    for unit, numbers in UNITS.items():
        print(
            row(unit, numbers, f"{unit}.json", *counted(problem_of(f"units/{unit}.json")))
        )
    print()
    print(row("on the square", *ON_THE_SQUARE))
    print(row(*["---"] * (1 + len(ON_THE_SQUARE))))
    for kind, given in LABELS.items():
        fields = {"loss": kind, **given}
        fields |= {key: [given[key]] * 4 for key in ("y", "weights") if key in given}
        line = []
        for unit in ON_THE_SQUARE.values():
            text = json.dumps({"X": SQUARE, **fields, **unit})
            level, steps = counted(parse_instance(text).problem())
            line.append(steps if level == "exact" else f"{steps} (balls)")
        print(row(kind, *line))


if __name__ == "__main__":
    main()
