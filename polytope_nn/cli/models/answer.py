"""What ``certify`` answers of an instance of any model: a page, a JSON object, files."""

import argparse
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import TypeAlias

from polytope_nn.errors import InstanceError

__all__ = ["Answer", "Draw", "refuse"]

Draw: TypeAlias = Callable[[str], bytes]
"""Draws in the form of an ending: ``.svg``, ``.png``, ``.pdf``, ``.tikz``."""


@dataclass(frozen=True)
class Answer:
    """An answer, its page and its JSON object made when they are asked for.

    ``figures`` are captions and what draws them, that of ``--figure`` first; a
    ``certificate`` is its text, "" where there is none; ``kept`` says why. ``lead`` and
    ``details`` are the parts of a report before and after its figures, HTML; None: the page
    as it is printed.
    """

    page: Callable[[], str]
    fields: Callable[[], Mapping[str, object]]
    figures: tuple[tuple[str, Draw], ...] = ()
    certificate: str = ""
    kept: str = "no certificate: none is made of this model"
    lead: Callable[[], list[str]] | None = None
    details: Callable[[], list[str]] | None = None


def refuse(args: argparse.Namespace, source: str, why: str, *options: str) -> None:
    """Raise InstanceError where one of these options is given, with the reason why not."""
    names = {"-o": "output", "--cross-check": "cross_check"}
    for option in options:
        if getattr(args, names.get(option, option.removeprefix("--"))):
            raise InstanceError(f"{source}: {option}: {why}: leave it out")
