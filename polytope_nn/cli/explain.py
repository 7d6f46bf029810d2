"""``polytope-nn explain WORD``: what a word of the output means, and where it is proved."""

import argparse
import re
from textwrap import wrap

from polytope_nn.errors import InstanceError
from polytope_nn.report.glossary import STATEMENTS, WORDS

__all__ = ["NAME", "WORDS", "add", "run"]

NAME = "explain"
_OTHER = {
    "κ": "kappa",
    "lifted": "continuum",
    "witness": "continuum",
    "arcs": "continuum",
    "nu": "kappa",
    "residual": "kappa",
    "atoms": "atom",
    "polytope": "P",
    "p": "P",
    "vertices": "vertex",
    "support": "vertex",
    "m_star": "m*",
    "theta": "Theta_m",
    "theta_m": "Theta_m",
    "θ_m": "Theta_m",
    "components": "component",
    "widths": "staircase",
    "width": "staircase",
    "bound": "threshold",
    "holes": "hole",
    "betti": "hole",
    "b1": "hole",
    "b₁": "hole",
    "homology": "hole",
    "bars": "bar",
    "barcode": "bar",
    "interval": "level",
    "exact": "level",
    "beta": "objective",
    "β": "objective",
    "loss": "objective",
    "primal": "gap",
    "dual": "gap",
    "patterns": "pattern",
    "saddle": "stationary",
    "local": "stationary",
    "global": "stationary",
    "stationarity": "stationary",
    "constant": "skip",
    "intercept": "skip",
    "torch": "objective",
    "sklearn": "objective",
    "keras": "objective",
    "scnn": "objective",
    "jax": "objective",
    "optax": "objective",
    "y*": "fit",
    "fit_unique": "fit",
    "used_rank": "rank",
    "r_p": "rank",
    "rank_bound": "threshold",
    "dim": "P",
    "n_vertices": "vertex",
    "n_atoms": "atom",
    "n_patterns": "pattern",
    "features": "feature",
    "minimal_supports": "minimal supports",
    "minimal support": "minimal supports",
    "order": "up to order",
    "splitting": "up to order",
    "split": "up to order",
    "up to order and splitting": "up to order",
    "loose": "rigid",
    "cells": "cell",
    "lines": "modulo",
    "dead neurons": "modulo",
    "dead neuron": "modulo",
    "bound_talk": "threshold",
    "sharper bound": "threshold",
    "polytope_components": "component",
    "euler": "hole",
    "network_betti": "hole",
    "n_faces": "hole",
    "torsion_by_degree": "torsion",
    "field": "torsion",
    "objective_float": "objective",
    "beta_squared": "objective",
    "value": "objective",
    "values": "stationary",
    "points": "stationary",
    "blocks": "stationary",
    "face": "event",
    "family_dim": "stationary",
    "kind": "stationary",
    "worst": "gap",
    "dual_point": "gap",
    "breakpoints": "barrier",
    "objectives": "barrier",
    "moves": "barrier",
    "connected": "component",
    "network": "Theta_m",
    "witnesses": "theorems",
    "wall": "event",
    "leaves": "event",
    "enters": "event",
    "separates": "event",
    "proved": "event",
    "intervals": "event",
    "beta_max": "event",
    "reason": "verdict",
    "unique_network": "verdict",
    "unique_function": "verdict",
    "cost": "objective",
    "flats": "modulo",
    "depth_helps": "depth",
    "two_layer_bound": "depth",
    "layers": "depth",
    "inner_width": "depth",
    "regulariser": "depth",
    "counterexamples": "theorems",
    "model": "objective",
    "tight_set": "continuum",
    "components_at_m_star": "component",
    "penalty": "cell",
    "standardised": "objective",
    "branches": "depth",
    "table": "depth",
    "pieces": "depth",
    "isolated point": "isolated",
    "kernel": "continuum",
    "continua": "continuum",
    "exit": "level",
    "t19": "stationary",
    "g": "atom",
    "h": "atom",
    "sign": "atom",
    "m": "staircase",
    "some_vertices": "vertex",
    "d": "n",
    "c": "n",
    "samples": "n",
    "lower": "number",
    "upper": "number",
    "poly": "number",
    "root": "number",
    "coords": "number",
    "logs": "number",
    "null": "number",
    "true": "number",
    "false": "number",
    "k": "depth",
    "activation": "unit",
    "relu": "unit",
    "absolute": "unit",
    "slopes": "unit",
    "leaky": "unit",
    "gate": "unit",
    "gates": "unit",
    "threshold_open": "unit",
    "l1": "cell",
    "linf": "cell",
    "ambient_dim": "polyhedron",
    "rays": "polyhedron",
    "facets": "polyhedron",
    "equations": "polyhedron",
    "volume": "polyhedron",
    "n_rays": "polyhedron",
    "n_lines": "polyhedron",
    "n_facets": "polyhedron",
    "n_equations": "polyhedron",
    "squared": "objective",
    "huber": "objective",
    "quantile": "objective",
    "epsilon_insensitive": "objective",
    "hinge": "objective",
    "squared_hinge": "objective",
    "logistic": "objective",
    "exponential": "objective",
    "poisson": "objective",
    "power": "objective",
    "interpolation": "objective",
    "tolerance": "objective",
    "margin": "objective",
    "softmax": "objective",
    "weights": "objective",
    "cone": "dual_proof",
    "cones": "dual_proof",
    "certify": "certificate",
    "check": "certificate",
    "path": "barrier",
    "connect": "barrier",
    "descend": "barrier",
    "nearest": "distance",
    "interpolate": "verdict",
    "beta-path": "event",
}


def add(commands: "argparse._SubParsersAction[argparse.ArgumentParser]") -> None:
    """Declare the command's arguments."""
    parser = commands.add_parser(
        NAME,
        help="what a word of the output means, and where it is proved",
        description="Explain a word in a few lines: " + ", ".join(WORDS) + ".",
    )
    parser.add_argument("word", metavar="WORD")


def run(args: argparse.Namespace) -> int:
    """Print what the word means; return 0."""
    theorem = args.word.upper()
    if theorem in STATEMENTS:
        told = f"{theorem}. {STATEMENTS[theorem]} (proofs/{theorem}.md)"
        print("\n".join(wrap(told, 88, break_on_hyphens=False)))
        return 0
    asked = re.sub(r"_(float|at_least|at_most|estimate_\w+)$", "", args.word)
    word = asked if asked in WORDS else _OTHER.get(asked.lower(), asked)
    found = next((w for w in WORDS if w == word), None) or next(
        (w for w in WORDS if w.lower() == word.lower()), None
    )
    if found is None:
        from difflib import get_close_matches

        near = get_close_matches(args.word, [*WORDS, *_OTHER, *STATEMENTS], 1)
        cure = f"did you mean {near[0]!r}?" if near else f"known: {', '.join(WORDS)}"
        raise InstanceError(f"{args.word[:40]!r} is no word of the output: {cure}")
    print(_objective() if found == "objective" else WORDS[found])
    return 0


def _objective() -> str:
    """Return the objective, and what other tools minimise in its terms."""
    from polytope_nn.problems.objectives import CONVERSIONS, LOSSES, OBJECTIVE

    lines = [
        f"minimised: {OBJECTIVE}",
        "f(x) = sum_j alpha_j (w_j'x)_+; sums over the samples, not means. Row weights",
        "multiply the squares; a penalised bias is part of w_j, a free one and a skip cost",
        "nothing. (proofs/README.md, docs/objectives.md)",
        "",
        "Losses, of an output z and a label y, times the row's weight:",
        *(f"  {kind:20}{formula}" for kind, formula in LOSSES.items()),
        "",
        "What other tools minimise, n the number of samples:",
    ]
    for c in CONVERSIONS:
        value = "times 2/n" if c.scale != 1 else "divided by n"
        loss = "" if c.loss == "squared" else f"--loss {c.loss}, "
        lines += [
            "",
            c.tool,
            f"  {c.formula}",
            f"  {c.rule}, {loss}--bias {c.bias}, --skip {c.skip}; its value is ours {value}",
            *wrap(c.otherwise, 88, initial_indent="  ", subsequent_indent="  "),
        ]
    return "\n".join(lines)
