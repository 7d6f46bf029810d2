"""``polytope-nn sweep THEOREM``: a theorem over a family of instances."""

import argparse
import json
import os
import signal
import sys
from collections import deque
from collections.abc import Iterable, Iterator, Mapping
from contextlib import contextmanager, nullcontext
from importlib import import_module
from io import TextIOWrapper
from pathlib import Path
from typing import TYPE_CHECKING, TextIO

from polytope_nn.cli.written import put, writable
from polytope_nn.errors import InstanceError

from .options import JOBS, amount, integer
from .terminal import tally

if TYPE_CHECKING:
    from concurrent.futures import Executor

    from polytope_nn.theorems import Task

__all__ = ["NAME", "add", "run"]

NAME = "sweep"


def add(commands: "argparse._SubParsersAction[argparse.ArgumentParser]") -> None:
    """Declare the command's arguments."""
    parser = commands.add_parser(
        NAME,
        help="a theorem over a family of instances",
        description="Decide theorems on every instance of the input, one JSON instance a "
        "line; one JSON line for each theorem comes out, in the order of the input. Exit 0 "
        "if every theorem holds or does not apply, 1 if one is refuted, 2 if a line is no "
        "instance, 3 if one is undecided: the first of 1, 2, 3 that occurs.",
    )
    parser.add_argument(
        "theorem", metavar="THEOREM", help="T1 ... T18, T7.3; T1,T2; all; T7.3-literal"
    )
    parser.add_argument(
        "--input", default="-", metavar="FILE.jsonl", help="- is stdin, the default"
    )
    parser.add_argument("-o", "--output", metavar="FILE.jsonl", help="stdout by default")
    parser.add_argument("--jobs", type=integer, default=os.cpu_count() or 1, metavar="N")
    parser.add_argument(
        "--resume", action="store_true", help="keep the answers the output already holds"
    )
    group = parser.add_argument_group(
        "every instance with each of these, in all combinations"
    )
    group.add_argument("--loss", metavar="K,...", help="losses: squared,huber:1/2,hinge")
    group.add_argument(
        "--activation", metavar="A,...", help="relu,absolute,threshold, slopes as 1:1/3"
    )
    group.add_argument("--penalty", metavar="P,...", help="l2,l1,linf")
    parser.add_argument("--dask", metavar="ADDRESS", help="a Dask scheduler's address")


def run(args: argparse.Namespace) -> int:
    """Sweep, and return 0 when no verdict is false, undecided or an error."""
    from polytope_nn.theorems import LITERAL, THEOREMS, swept
    from polytope_nn.theorems.family import variants, varied

    written = {name.lower(): name for name in ("all", *THEOREMS, *LITERAL)}
    words = [written.get(word.lower(), word) for word in _words(args.theorem)]
    names = tuple(THEOREMS) if words == ["all"] else tuple(dict.fromkeys(words))
    swept(names, ())  # an unknown theorem is refused before anything is written
    amount("--jobs", args.jobs, JOBS)
    given = (args.loss, args.activation, args.penalty)
    chosen = variants(*(() if text is None else _words(text) for text in given))
    target = _target(args)
    held = Held(names)
    if target is not None and args.resume:
        held.read(target)
    done, total = len(held.seals), _total(args.input) * len(chosen)
    with (
        _input(args.input) as source,
        _output(target) as out,
        executor_of(args) as executor,
        tally.line(),
    ):
        tasks = held.missing(varied(_lines(source, args.input), chosen))
        tally.show(done, total)
        for lines in swept(names, tasks, executor, ahead=8 * args.jobs):
            seal = held.under_way.popleft()
            for line in lines:
                out.write(json.dumps(line | {"sha256": seal}, allow_nan=False) + "\n")
                held.count(line, tell=True)
            out.flush()  # whole lines: an interruption loses what is under way, no more
            done += 1
            tally.show(done, total)
    if target is not None and held.scattered:
        _put_in_order(target)
    return next((code for code in (1, 2, 3) if held.codes[code]), 0)


def _words(text: str) -> tuple[str, ...]:
    """Return the words of a list with commas.

    >>> _words("T1, T2")
    ('T1', 'T2')
    """
    return tuple(word.strip() for word in text.split(","))


def _total(path: str) -> int:
    """Return the number of instances of a file, on a terminal, which shows it; else 0."""
    if path == "-" or not sys.stderr.isatty():
        return 0
    with Path(path).open("rb") as file:
        return sum(1 for line in file if line.strip())


class Held:
    """What the output holds, what is under way, and the exit codes of all of it."""

    def __init__(self, names: tuple[str, ...]) -> None:
        self.names = names
        self.seals: dict[int, str] = {}
        self.under_way: deque[str] = deque()
        self.codes = dict.fromkeys((1, 2, 3), 0)
        self.scattered = False

    def count(self, line: Mapping[str, object], *, tell: bool = False) -> None:
        """Count a line by its exit code; what is no instance is also told on stderr."""
        if "error" in line:
            self.codes[2] += 1
            if tell and line["theorem"] == self.names[0]:
                message = " ".join(str(line["error"]).split())
                tally.cleared()
                print(f"polytope-nn {NAME}: {message}", file=sys.stderr)
        elif line["verdict"] is False:
            self.codes[1] += 1
        elif "undecided" in line:
            self.codes[3] += 1

    def read(self, target: Path) -> None:
        """Read the answers of an earlier sweep; one cut short at the end is taken back.

        Raises
        ------
        InstanceError
            When a line answers another theorem or is no answer at all.
        """
        if not target.exists():
            return
        whole, begun = 0, 0  # bytes of whole answers, and of whole lines
        group: list[str] = []
        last: object = None
        with target.open("rb") as file:
            for number, line in enumerate(file, 1):
                if not line.endswith(b"\n"):
                    break
                answer = _answer(line, f"{target}: line {number}")
                if group and answer["index"] != last:
                    raise InstanceError(
                        f"{target}: line {number}: index {last} lacks an answer to "
                        f"{self.names[len(group)]}: name another output"
                    )
                if answer["theorem"] != self.names[len(group)]:
                    raise InstanceError(
                        f"{target}: line {number}: theorem {answer['theorem']!r} is not "
                        f"{self.names[len(group)]}: ask for the same theorems, or name "
                        "another output"
                    )
                last, group = answer["index"], [*group, line.decode()]
                begun += len(line)
                if len(group) == len(self.names):
                    self._keep(answer, group)
                    whole, group = begun, []
        with target.open("r+b") as file:
            file.truncate(whole)

    def _keep(self, answer: Mapping[str, object], group: Iterable[str]) -> None:
        index = answer["index"]
        assert isinstance(index, int)  # _answer has looked
        self.seals[index] = str(answer["sha256"])
        for line in group:
            self.count(json.loads(line))

    def missing(self, tasks: Iterable["Task"]) -> Iterator["Task"]:
        """Yield the instances that have no answer yet.

        Raises
        ------
        InstanceError
            When an answer belongs to another instance than the input has there.
        """
        from hashlib import sha256

        last = max(self.seals, default=-1)
        index = -1
        for task in tasks:
            index = task.index
            sealed = str(task.instance) + "".join(f"\n{k}={v}" for k, v in task.variant)
            seal = sha256(sealed.encode()).hexdigest()
            if index not in self.seals:
                self.scattered |= index < last
                self.under_way.append(seal)
                yield task
            elif self.seals[index] != seal:
                raise InstanceError(
                    f"{task.source}: the output answers another instance at index "
                    f"{index}: name another output"
                )
        if last > index:
            raise InstanceError(
                f"the output answers index {last}, the input ends at {index}: name another "
                "output"
            )


def _answer(line: bytes, where: str) -> dict[str, object]:
    """Return the answer of a line of output."""
    try:
        answer: dict[str, object] = json.loads(line)
        if [type(answer[key]) for key in ("index", "theorem", "sha256")] == [int, str, str]:
            return answer
    except (ValueError, TypeError, KeyError, RecursionError):
        pass
    raise InstanceError(f"{where}: is no answer of a sweep: name another output")


def _put_in_order(target: Path) -> None:
    """Write the answers again in the order of the input."""
    lines = target.read_text(encoding="utf-8").splitlines(keepends=True)
    put(target, "".join(sorted(lines, key=lambda line: json.loads(line)["index"])))


def _target(args: argparse.Namespace) -> Path | None:
    """Return the output's path, refused where answers would be lost."""
    target = writable(args.output)
    if target is None:
        if args.resume:
            raise InstanceError("--resume: nothing to resume from: add --output FILE.jsonl")
        return None
    if not args.resume and target.exists() and target.stat().st_size:
        raise InstanceError(
            f"{target}: holds answers already: add --resume, or name another output"
        )
    return target


def _lines(source: TextIO, path: str) -> Iterator["Task"]:
    """Yield the instances, one a line that is not blank, numbered from 0."""
    from polytope_nn.theorems import Task

    name = "standard input" if path == "-" else path
    index = 0
    try:
        for number, line in enumerate(source, 1):
            if line.strip():
                yield Task(index, line.strip(), f"{name}, line {number}")
                index += 1
    except UnicodeDecodeError:
        raise InstanceError(f"{name}: is not UTF-8: give one JSON object a line") from None


@contextmanager
def _input(path: str) -> Iterator[TextIO]:
    if path == "-":
        if isinstance(sys.stdin, TextIOWrapper):  # whose errors depend on the locale
            sys.stdin.reconfigure(encoding="utf-8", errors="strict")
        yield sys.stdin
        return
    with Path(path).open(encoding="utf-8") as file:
        yield file


@contextmanager
def _output(target: Path | None) -> Iterator[TextIO]:
    """Yield where the lines go: appended to the file, or stdout."""
    if target is None:
        yield sys.stdout
        return
    with target.open("a", encoding="utf-8") as file:
        yield file


@contextmanager
def executor_of(args: argparse.Namespace) -> "Iterator[Executor | None]":
    """Yield what does the work; an interruption ends it, begun or not."""
    if getattr(args, "dask", None) is not None:
        try:
            distributed = import_module("distributed")
        except ImportError:
            raise InstanceError("--dask: distributed is missing: install it") from None
        with distributed.Client(args.dask, set_as_default=False) as client:
            yield client.get_executor()
        return
    if args.jobs == 1:
        with nullcontext() as here:
            yield here
        return
    from concurrent.futures import ProcessPoolExecutor
    from multiprocessing import active_children, get_context

    executor = ProcessPoolExecutor(
        args.jobs,
        mp_context=get_context("spawn"),
        initializer=signal.signal,  # Ctrl-C is for the parent, who then stops the workers
        initargs=(signal.SIGINT, signal.SIG_IGN),
    )
    try:
        yield executor
    except KeyboardInterrupt:
        for worker in active_children():  # an instance may take minutes
            worker.terminate()
        raise
    finally:
        executor.shutdown(cancel_futures=True)
