"""What a stranger reads before a certificate of some kind is believed, as measured.

``python docs/trusted.py`` checks every golden certificate under a profiler, file by file of the
checker, and writes ``trusted.md``. A file counts where one of its functions ran.
"""

import ast
import io
import json
import sys
import tokenize
from collections.abc import Iterable, Iterator, Sequence
from functools import cache
from pathlib import Path
from types import FrameType
from typing import Any, NamedTuple, TypeAlias

from polytope_nn import checker
from polytope_nn.checker.kinds import accepted

__all__ = [
    "NUMBERED",
    "PAGE",
    "Row",
    "functions",
    "groups",
    "imported",
    "measured",
    "page",
    "read",
    "row",
]

HERE = Path(__file__).parent
GOLDEN = HERE.parent / "proofs" / "golden"
CHECKER = Path(checker.__file__).parent
PAGE = "trusted.md"
DERIVED = "lift"  # and the two beside it: what they derive is multiplied out
FIRST = ("kernel", "rows", "claims", "provers", "kinds", "command")
PUNCTUATION = {
    *(tokenize.COMMENT, tokenize.NL, tokenize.NEWLINE, tokenize.ENDMARKER),
    *(tokenize.INDENT, tokenize.DEDENT),
}

Group: TypeAlias = tuple[str, str]  # a kind, and its numbers
Json: TypeAlias = Any  # what json.loads returns
Ran: TypeAlias = dict[str, set[int]]  # the first lines of the functions that ran, by file

HEAD = """# What you read, kind by kind

The checker serves {kinds} kinds of certificate in {files} trusted files of {code} lines of code (no
docstring, comment or blank line counts); `lift.py` and the two files beside it are not
trusted. Who holds one certificate reads less. Measured: every golden certificate
(`proofs/golden`) is checked under a profiler, and a file counts where one of its functions runs.
`python docs/trusted.py` writes this page; a test fails where files are others, or lines off by a
tenth.

* *files*: the fewest and the most that a certificate of the row needs; {goal} of {rows} rows need
  {limit} at most;
* *lines*: those of these files; *run*: those of their functions that run, over the whole row;
* *read*: the files by number, in the order of the list below, each after those it imports; the
  ones in parentheses run for some certificates of the row (other losses, what is free, number
  fields, walks).

| kind | numbers | golden | files | lines | run | read |
|---|---|---|---|---|---|---|
"""
LIMIT = 19
SORTS = (["exact"], ["intervals"])


def name_of(path: Path) -> str:
    """Return the name of a file of the checker, from its folder on."""
    return path.relative_to(CHECKER).with_suffix("").as_posix()


@cache
def tree_of(name: str) -> ast.Module:
    """Return the syntax of a file."""
    return ast.parse((CHECKER / f"{name}.py").read_text(encoding="utf-8"))


@cache
def lines(name: str) -> frozenset[int]:
    """Return the numbers of the lines of a file that are code."""
    text = (CHECKER / f"{name}.py").read_text(encoding="utf-8")
    found: set[int] = set()
    for token in tokenize.generate_tokens(io.StringIO(text).readline):
        if token.type not in PUNCTUATION:
            found.update(range(token.start[0], token.end[0] + 1))
    for node in ast.walk(tree_of(name)):
        body = getattr(node, "body", None)
        if isinstance(node, ast.Module | ast.ClassDef | ast.FunctionDef) and body:
            first = body[0]
            if isinstance(first, ast.Expr) and isinstance(first.value, ast.Constant):
                found.difference_update(range(first.lineno, (first.end_lineno or 0) + 1))
    return frozenset(found)


@cache
def functions(name: str) -> dict[int, tuple[str, range]]:
    """Return the functions of a file by the line that they begin with: their name, their lines."""
    found: dict[int, tuple[str, range]] = {}

    def walk(node: ast.AST, above: str) -> None:
        for inner in ast.iter_child_nodes(node):
            called = above
            if isinstance(inner, ast.FunctionDef | ast.ClassDef):
                called = f"{above}.{inner.name}".lstrip(".")
            if isinstance(inner, ast.FunctionDef):
                start = min([inner.lineno, *(d.lineno for d in inner.decorator_list)])
                found[start] = called, range(start, (inner.end_lineno or 0) + 1)
            walk(inner, called)

    walk(tree_of(name), "")
    return found


def imported(name: str) -> Iterator[str]:
    """Yield the files of the checker that a file imports."""
    room = (CHECKER / name).parent
    for node in ast.walk(tree_of(name)):
        if isinstance(node, ast.ImportFrom) and node.level:
            folder = room
            for _ in range(node.level - 1):
                folder = folder.parent
            folder = folder.joinpath(*(node.module or "").split("."))
            for found in (folder, *(folder / alias.name for alias in node.names)):
                if found.with_suffix(".py").is_file():
                    yield name_of(found)


def in_order() -> list[str]:
    """Return the trusted files, each after those that it imports."""
    names = [name_of(path) for path in sorted(CHECKER.rglob("*.py"))]
    plain = [x for x in names if not x.endswith("__") and x.split("_")[0] != DERIVED]
    waiting = sorted(
        (x for x in plain if x != "archive"), key=lambda x: FIRST.index(x.split("/")[0])
    )
    found: dict[str, None] = {}

    def visit(name: str) -> None:
        for other in sorted(imported(name)):
            if other in waiting and other not in found:
                visit(other)
        found[name] = None

    for name in waiting:
        if name not in found:
            visit(name)
    return list(found)


ORDER = in_order()
NUMBERED = {name: i for i, name in enumerate(ORDER, 1)}


@cache
def groups() -> dict[Group, list[Path]]:
    """Return the golden certificates, by kind and numbers."""
    found: dict[Group, list[Path]] = {}
    for path in sorted(GOLDEN.glob("*.json")):
        read = json.loads(path.read_text(encoding="utf-8"))
        numbers = "intervals" if is_boxed(read) else "exact"
        found.setdefault((read["kind"], numbers), []).append(path)
    return dict(sorted(found.items()))


def is_boxed(read: Json) -> bool:
    """Return whether a certificate's numbers are intervals."""
    boxed = isinstance(read["field"], dict) and "bits" in read["field"]
    return boxed or any(claim["claim"] == "enclosed" for claim in read["claims"])


@cache
def measured(path: Path) -> Ran:
    """Return which functions of the checker run while a certificate is checked."""
    ran: Ran = {}
    root = f"{CHECKER}/"

    def told(frame: FrameType, event: str, _: object) -> None:
        code = frame.f_code
        if event == "call" and code.co_filename.startswith(root):
            name = code.co_filename.removeprefix(root).removesuffix(".py")
            if code.co_firstlineno in functions(name):
                ran.setdefault(name, set()).add(code.co_firstlineno)

    text, before = path.read_text(encoding="utf-8"), sys.getprofile()
    sys.setprofile(told)
    try:
        accepted(text)
    finally:
        sys.setprofile(before)
    return ran


class Row(NamedTuple):
    """What is read for certificates of one kind and sort of numbers."""

    kind: str
    numbers: str
    golden: int
    least: int
    most: int
    lines: int
    run: int
    always: frozenset[str]
    also: frozenset[str]

    def __str__(self) -> str:
        """Return the row as the page has it."""
        counts = "–".join(map(str, sorted({self.least, self.most})))
        also = spans(NUMBERED[name] for name in self.also)
        read = spans(NUMBERED[name] for name in self.always) + f" ({also})" * bool(also)
        cells = (*self[:3], counts, self.lines, self.run, read)
        return f"| {' | '.join(map(str, cells))} |"


def row(group: Group) -> Row:
    """Return the row of one kind."""
    each = [measured(path) for path in groups()[group]]
    files = [frozenset(name for name in ran if name in NUMBERED) for ran in each]
    most, least = frozenset().union(*files), files[0].intersection(*files)
    run = 0
    for name in most:
        own: set[int] = set()
        for ran in each:
            for start in ran.get(name, ()):
                own.update(functions(name)[start][1])
        run += len(own & lines(name))
    counts = [len(found) for found in files]
    whole = sum(len(lines(name)) for name in most)
    sizes = (len(each), min(counts), max(counts), whole, run)
    return Row(*group, *sizes, least, most - least)


def read(text: str) -> tuple[list[Row], dict[str, int]]:
    """Return the rows of a page, and the lines of each file in its list."""
    table = [line.strip("| ").split(" | ") for line in text.splitlines() if "|" in line]
    listed = {c[1].strip("`"): c for c in table if len(c) == 4 and c[0].isdigit()}
    place = {int(c[0]): name for name, c in listed.items()}
    rows = []
    for kind, numbers, *cells in (c for c in table if c[1:2] in SORTS):
        golden, counts, whole, run, told = cells
        parts = [found_in(part, place) for part in f"{told} (".split(" (")[:2]]
        ends = [int(t) for t in counts.split("–")]
        sizes = (int(golden), ends[0], ends[-1], int(whole), int(run))
        rows.append(Row(kind, numbers, *sizes, *parts))
    return rows, {name: int(c[2]) for name, c in listed.items()}


def found_in(text: str, place: dict[int, str]) -> frozenset[str]:
    """Return the files of some spans of numbers."""
    found = set()
    for span in filter(None, text.strip(")").split(", ")):
        ends = [int(t) for t in span.split("–")]
        found.update(place[i] for i in range(ends[0], ends[-1] + 1))
    return frozenset(found)


def spans(numbers: Iterable[int]) -> str:
    """Return numbers in order, runs of them as spans."""
    found: list[list[int]] = []
    for i in sorted(numbers):
        if found and found[-1][1] == i - 1:
            found[-1][1] = i
        else:
            found.append([i, i])
    return ", ".join(f"{a}–{b}" if a < b else f"{a}" for a, b in found)


def page(rows: Sequence[Row]) -> str:
    """Return the page of these rows."""
    head = HEAD.format(
        kinds=len({row.kind for row in rows}),
        files=len(ORDER),
        code=sum(len(lines(name)) for name in ORDER),
        goal=sum(row.most <= LIMIT for row in rows),
        rows=len(rows),
        limit=LIMIT,
    )
    listed = [
        f"| {i} | `{name}` | {len(lines(name))} | {says(name)} |"
        for name, i in NUMBERED.items()
    ]
    table = "\n## The files, in order\n\n| | file | lines | what it holds |\n|---|---|---|---|\n"
    return head + "\n".join(map(str, rows)) + "\n" + table + "\n".join(listed) + "\n"


def says(name: str) -> str:
    """Return the first sentence of a file's docstring, as a cell."""
    first = (ast.get_docstring(tree_of(name)) or "").split("\n\n")[0]
    return " ".join(first.replace("``", "`").replace("|", "\\|").split())


if __name__ == "__main__":
    (HERE / PAGE).write_text(page([row(group) for group in groups()]), encoding="utf-8")
