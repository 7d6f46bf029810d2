"""The answers that certificates of format 2 carry: those that the checker derives, and more."""

from dataclasses import replace
from fractions import Fraction

from polytope_nn.certificate.format import Json
from polytope_nn.checker.claims.listed.dual import others_of, reaches_alone
from polytope_nn.checker.claims.listed.system import Tied
from polytope_nn.checker.kernel.intervals import Numbers
from polytope_nn.checker.kernel.reading import Clock
from polytope_nn.checker.lift import Lift, hint
from polytope_nn.checker.lift_solving import spread, sums

from .ratios import ties_of

__all__ = ["Finder", "Recorder"]


class Finder(Lift):
    """The answers to what is asked of gates, blocks and patterns, too."""

    def idle(self, S: Tied, j: int, kappa: Numbers) -> Json:
        """Return why one of the basis has no weight; None when nothing, or no hint, says so."""
        return self.alone(S, j) or self.summed(S, j, kappa)

    def summed(self, S: Tied, j: int, kappa: Numbers) -> Json:
        """Return sums of equations that say so, and their shares; None without such."""
        told, forms = ties_of(replace(S, hints=Finder(self.clock)), kappa)
        weight = [Fraction(int(i == j)) for i in range(len(S.faces))]
        parts = spread(forms, weight, self.clock)
        return (
            [told, hint(parts)] if forms and sums(forms, parts, weight) == weight else None
        )

    def alone(self, S: Tied, j: int) -> Json:
        """Return the samples that a column of the basis reaches alone, where that says it."""
        others, own = others_of(S, j), S.aimed(j)
        alone = [
            k
            for k, t in enumerate(own)
            if t and S.still(k) is not None and reaches_alone(S, {j}, k)
        ]
        for at in [*([k] for k in alone), alone]:
            target = [Fraction(0) if i in at else x for i, x in enumerate(own)]
            columns = [*others, *S.Z]
            parts = spread(columns, target, self.clock)
            if at and sums(columns, parts, target) == target:
                place: Json = at[0] if len(at) == 1 else [*at]
                return [place, hint(parts[: len(others)]), hint(parts[len(others) :])]
        return None


class Recorder:
    """A lift that keeps its answers, for a certificate of format 2."""

    def __init__(self, clock: Clock) -> None:
        self.lift = Finder(clock)
        self.answers: list[Json] = []

    def ask(self, name: str, *about: object) -> Json:
        """Return the lift's answer, and keep it."""
        self.answers.append(self.lift.ask(name, *about))
        return self.answers[-1]

    def close(self) -> None:
        """Nothing is left over."""
