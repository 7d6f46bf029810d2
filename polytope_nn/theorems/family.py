"""A theorem over a family of instances, on any executor, in the order of the instances.

A sweep may answer them with other losses, activations and penalties than they say.
"""

from collections import deque
from collections.abc import Iterable, Iterator, Mapping, Sequence
from concurrent.futures import Executor, Future
from dataclasses import dataclass, replace
from itertools import product
from json import dumps
from typing import TypeAlias

from polytope_nn.errors import InstanceError, PolytopeError, Undecided
from polytope_nn.problems.instance import parse_instance
from polytope_nn.problems.losses.kinds import known_kind
from polytope_nn.problems.training import TrainingProblem
from polytope_nn.problems.units.activations import activation_of
from polytope_nn.problems.units.given import penalty_of
from polytope_nn.search.finding import optimum

from .table import theorem, verdicts

__all__ = ["Line", "Task", "judged", "sweep", "swept", "variants", "varied"]

Line: TypeAlias = dict[str, object]


@dataclass(frozen=True)
class Task:
    """One instance of a sweep: its index, itself, and where it was read, for messages.

    ``variant`` are fields that replace those it has.
    """

    index: int
    instance: str | TrainingProblem
    source: str
    variant: tuple[tuple[str, str], ...] = ()

    @property
    def replaced(self) -> dict[str, object]:
        """The fields of the variant, as an instance has them."""
        found: dict[str, object] = dict(self.variant)
        right, colon, left = str(found.get("activation", "")).partition(":")
        if colon:
            found["activation"] = {"slopes": [right, left]}
        return found


def sweep(
    theorem: str | Sequence[str],
    instances: Iterable[str | Mapping[str, object] | TrainingProblem],
    executor: Executor | None = None,
    *,
    ahead: int = 64,
) -> Iterator[Line]:
    """Yield a line of JSON data for each instance and theorem, in the order of both.

    Parameters
    ----------
    theorem
        A name of THEOREMS or LITERAL, or several.
    instances
        Training problems, or INSTANCE objects, as JSON text or as parsed.
    executor
        Any :class:`concurrent.futures.Executor`: processes, threads, a Dask client's
        ``get_executor()``; this very process when it is None. The lines do not depend on it.
    ahead
        How many instances are under way at most; so many are held in memory.

    Yields
    ------
    Line
        ``{"index", "name", "theorem", "verdict", "hypotheses", "claim", "witness"}``, with
        ``"undecided"`` where the verdict is null because something could not be proved;
        ``{"index", "name", "theorem", "error"}`` for what is no instance.

    Examples
    --------
    >>> [found] = sweep("T7.5", ['{"X": [[1]], "y": [2], "beta": 1}'])
    >>> found["index"], found["verdict"]
    (0, True)
    """
    names = (theorem,) if isinstance(theorem, str) else tuple(theorem)
    tasks = (
        Task(i, dumps(x) if isinstance(x, Mapping) else x, f"instance {i}")
        for i, x in enumerate(instances)
    )
    for lines in swept(names, tasks, executor, ahead=ahead):
        yield from lines


def swept(
    names: Sequence[str],
    tasks: Iterable[Task],
    executor: Executor | None = None,
    *,
    ahead: int = 64,
) -> Iterator[list[Line]]:
    """Yield the lines of each task, in order, with at most ``ahead`` tasks under way.

    Raises
    ------
    InstanceError
        When no theorem has one of the names, or ``ahead`` is not positive; at once.
    """
    chosen = tuple(names)
    for name in chosen:
        theorem(name)
    if ahead < 1:
        raise InstanceError(f"ahead: {ahead} is not positive")
    if executor is None:
        return (judged(task, chosen) for task in tasks)
    return _window(chosen, tasks, executor, ahead)


def _window(
    names: tuple[str, ...], tasks: Iterable[Task], executor: Executor, ahead: int
) -> Iterator[list[Line]]:
    waiting: deque[Future[list[Line]]] = deque()
    try:
        for task in tasks:
            waiting.append(executor.submit(judged, task, names))
            if len(waiting) >= ahead:
                yield waiting.popleft().result()
        while waiting:
            yield waiting.popleft().result()
    finally:
        for future in waiting:  # whoever stops listening stops the work
            future.cancel()


def judged(task: Task, names: Sequence[str]) -> list[Line]:
    """Return the lines of one instance; what is wrong with it is its line."""
    name, given = "", task.instance
    try:
        if isinstance(given, TrainingProblem):
            name, O = given.name, optimum(given)
        else:
            read = parse_instance(given, task.source, task.replaced)
            name = read.name
            O = optimum(read.problem(), kappa=read.kappa)
        found = [v.to_json() for v in verdicts(O, names)]
    except PolytopeError as error:
        # an instance that is no answer: undecided as a whole, or no instance
        message = str(error)
        if isinstance(error, Undecided):
            found = [{"theorem": t, "verdict": None, "undecided": message} for t in names]
        else:
            if task.source not in message:
                message = f"{task.source}: {message}"
            found = [{"theorem": t, "error": message} for t in names]
    told = {"index": task.index, "name": name, **dict(task.variant)}
    return [told | line for line in found]


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
