"""``polytope-nn sweep THEOREM INSTANCES.jsonl``: a theorem over a family of instances."""

import argparse
import hashlib
import json
import os
import sys
from collections.abc import Iterable, Iterator
from concurrent.futures import Executor, Future
from contextlib import contextmanager
from importlib import import_module
from pathlib import Path
from typing import IO

from polytope_nn.errors import InstanceError, PolytopeError

from . import writable

__all__ = ["NAME", "add", "judged", "run", "swept"]

NAME = "sweep"


def add(commands: "argparse._SubParsersAction[argparse.ArgumentParser]") -> None:
    """Declare the command's arguments."""
    parser = commands.add_parser(
        NAME,
        help="a theorem over a family of instances",
        description="Decide theorems on every instance of a file, one JSON instance a line; "
        "one JSON line of verdicts for each, in the order of the input. With -o the sweep "
        "is resumable: what the output file already holds is not done again. Exit 1 if a "
        "theorem fails where its hypotheses hold, 2 if an instance is wrong, 3 if one is "
        "undecided.",
    )
    parser.add_argument(
        "theorem", metavar="THEOREM", help="T1 ... T14, T7.3; T1,T2; or all"
    )
    parser.add_argument("instances", metavar="INSTANCES.jsonl", help="- for stdin")
    parser.add_argument(
        "-o", "--output", metavar="OUT.jsonl", help="write, and resume from"
    )
    parser.add_argument("--workers", type=int, default=os.cpu_count() or 1, metavar="N")
    parser.add_argument("--dask", metavar="ADDRESS", help="a Dask scheduler's address")


def run(args: argparse.Namespace) -> int:
    """Sweep, and return 0 when every theorem asked holds on every instance."""
    from polytope_nn.theorems import STATEMENTS

    names = list(STATEMENTS) if args.theorem == "all" else args.theorem.split(",")
    unknown = [name for name in names if name not in STATEMENTS]
    if unknown:
        known = ", ".join(STATEMENTS)
        raise InstanceError(f"theorem: {unknown[0]!r}: write all, or some of {known}")
    if args.workers < 1:
        raise InstanceError(f"--workers: {args.workers} is not positive")
    target = writable(args.output)
    items = _items(args.instances)
    done = [] if target is None else _done(target, items, names)
    codes = [_code(answers) for answers in done]
    with _output(target) as out, _executor(args) as executor:
        found = swept(items[len(done) :], names, executor, ahead=8 * args.workers)
        for number, answers in enumerate(found, len(done)):
            out.write(json.dumps(_line(items[number], answers)) + "\n")
            out.flush()
            codes.append(_code(answers))
            if sys.stderr.isatty():
                print(f"\r{number + 1} of {len(items)}", end="", file=sys.stderr)
        if sys.stderr.isatty():
            print(file=sys.stderr)
    return next((code for code in (1, 2, 3) if code in codes), 0)


def swept(
    items: Iterable[str],
    names: Iterable[str],
    executor: Executor,
    *,
    ahead: int = 64,
) -> Iterator[list[dict[str, object]]]:
    """Yield for each item, an instance as JSON text, the verdicts of the named statements.

    Any :class:`concurrent.futures.Executor` does the work (processes, threads, a Dask
    client's); whatever order it finishes in, the answers come in the order of the items. At
    most ``ahead`` items are under way. What is wrong with an instance is its answer.
    """
    chosen = tuple(names)
    waiting: list[Future[list[dict[str, object]]]] = []
    for item in items:
        waiting.append(executor.submit(judged, item, chosen))
        if len(waiting) >= ahead:
            yield waiting.pop(0).result()
    while waiting:
        yield waiting.pop(0).result()


def judged(item: str, names: tuple[str, ...]) -> list[dict[str, object]]:
    """Return the verdicts of one instance, a JSON text, as JSON data; or what is wrong."""
    from polytope_nn.landscape.instance import parse_instance
    from polytope_nn.landscape.optimum import optimum
    from polytope_nn.landscape.polytope import optimal_polytope
    from polytope_nn.theorems import verdicts

    try:
        instance = parse_instance(item)
        P = optimal_polytope(optimum(instance.problem(), kappa=instance.kappa))
    except PolytopeError as error:
        return [{"error": f"{type(error).__name__}: {error}"}]
    return [v.to_json() for v in verdicts(P, names)]


def _items(path: str) -> list[str]:
    """Return the instances: the lines that are not blank."""
    try:
        text = sys.stdin.read() if path == "-" else Path(path).read_text(encoding="utf-8")
    except UnicodeDecodeError:
        raise InstanceError(
            f"{path}: is not UTF-8 text: give one JSON object a line"
        ) from None
    return [line.strip() for line in text.splitlines() if line.strip()]


def _line(item: str, answers: list[dict[str, object]]) -> dict[str, object]:
    digest = hashlib.sha256(item.encode()).hexdigest()
    return {"instance_sha256": digest, "answers": answers}


def _done(
    target: Path, items: list[str], names: list[str]
) -> list[list[dict[str, object]]]:
    """Return the answers the output already holds; a last line cut short is taken back."""
    if not target.exists():
        return []
    kept = target.read_bytes()
    whole = kept[: kept.rfind(b"\n") + 1]
    done = []
    for number, line in enumerate(whole.splitlines()):
        try:
            read = json.loads(line)
            asked = [x.get("name") for x in read["answers"] if "error" not in x]
            seal = read["instance_sha256"]
        except (ValueError, TypeError, KeyError, AttributeError):
            raise InstanceError(
                f"{target}: line {number + 1} is no sweep's: move it"
            ) from None
        fits = number < len(items) and seal == _line(items[number], [])["instance_sha256"]
        if not fits or asked not in ([], names):
            raise InstanceError(
                f"{target}: line {number + 1} answers another instance or theorem: move the "
                f"file away to start anew"
            )
        done.append(read["answers"])
    if whole != kept:
        with target.open("r+b") as file:
            file.truncate(len(whole))
    return done


def _code(answers: list[dict[str, object]]) -> int:
    """Return the exit code of one instance's answers."""
    if any("error" in x for x in answers):
        return 3 if str(answers[0]["error"]).startswith("Undecided") else 2
    if any(x["verdict"] == "fails" for x in answers):
        return 1
    return 3 if any(x["verdict"] == "undecided" for x in answers) else 0


@contextmanager
def _output(target: Path | None) -> Iterator[IO[str]]:
    """Yield where the lines go: appended to the file, one whole line at a time, or stdout."""
    if target is None:
        yield sys.stdout
        return
    with target.open("a", encoding="utf-8") as file:
        yield file


@contextmanager
def _executor(args: argparse.Namespace) -> Iterator[Executor]:
    """Yield what does the work; an interruption cancels what has not begun."""
    if args.dask is not None:
        try:
            distributed = import_module("distributed")
        except ImportError:
            raise InstanceError("--dask: install dask and distributed first") from None
        with distributed.Client(args.dask, set_as_default=False) as client:
            yield client.get_executor()
        return
    from concurrent.futures import ProcessPoolExecutor
    from multiprocessing import get_context

    executor = ProcessPoolExecutor(args.workers, mp_context=get_context("spawn"))
    try:
        yield executor
    finally:
        executor.shutdown(cancel_futures=True)
