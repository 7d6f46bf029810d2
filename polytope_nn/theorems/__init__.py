"""THEORY's statements T1-T18 as functions on instances: hypotheses, claim, verdict, witness.

Each statement is decided on the instance by another way than the one its quantities were
found by, as far as there is one. What is *proved* of all instances stands in ``proofs/``;
here a statement meets one instance. :data:`THEOREMS` maps the names to the functions,
:data:`LITERAL` those of wordings that fail without their unstated hypotheses.
"""

from .family import Task, sweep, swept
from .statement import Instance, Theorem, Verdict, Witness
from .table import LITERAL, THEOREMS, theorem, verdict, verdicts
from .wordings import counterexamples

__all__ = [
    "LITERAL",
    "THEOREMS",
    "Instance",
    "Task",
    "Theorem",
    "Verdict",
    "Witness",
    "counterexamples",
    "sweep",
    "swept",
    "theorem",
    "verdict",
    "verdicts",
]
