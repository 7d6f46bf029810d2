"""Instances of a sweep with other losses, activations and penalties than they say."""

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import replace
from itertools import product

from polytope_nn.problems.losses.kinds import known_kind
from polytope_nn.problems.units.activations import activation_of
from polytope_nn.problems.units.given import penalty_of

from .family import Task

__all__ = ["variants", "varied"]


def variants(
    losses: Sequence[str] = (),
    activations: Sequence[str] = (),
    penalties: Sequence[str] = (),
) -> tuple[Mapping[str, str], ...]:
    """Return every combination of words, as fields of an instance; one of none by default.

    An activation with two slopes is written ``right:left``.

    Raises
    ------
    InstanceError
        When a word is unknown.

    >>> len(variants(("hinge", "huber:1/2"), ("relu", "1:1/3")))
    4
    """
    for loss in losses:
        known_kind(loss.partition(":")[0], "--loss")
    for activation in activations:
        word = Task(0, "", "", (("activation", activation),)).replaced["activation"]
        activation_of(word, "--activation")
    for penalty in penalties:
        penalty_of(penalty, "--penalty")
    names = {"loss": losses, "activation": activations, "penalty": penalties}
    given = {key: words for key, words in names.items() if words}
    return tuple(dict(zip(given, words, strict=True)) for words in product(*given.values()))


def varied(tasks: Iterable[Task], variants: Sequence[Mapping[str, str]]) -> Iterator[Task]:
    """Yield each task with each variant, numbered anew.

    Without a field to replace a task stays as it is; with some, its messages name them.
    """
    index = 0
    for task in tasks:  # one after another: a family may be endless
        for variant in variants:
            source = ", ".join((task.source, *variant.values()))
            yield replace(task, index=index, source=source, variant=tuple(variant.items()))
            index += 1
