"""A door to the checker: ``from …certificate.check import check``, ``python -m …``.

As a command it is started again with nothing but the standard library and the folder
``checker`` on the path, so that no foreign module is believed.
"""

if __name__ == "__main__":
    import os
    import sys

    package = os.path.dirname(os.path.dirname(os.path.abspath(__file__)))  # noqa: PTH100, PTH120 - os is frozen: no file named pathlib is let in
    start = (
        "import sys; sys.path.append(sys.argv.pop(1)); "
        "from checker.command import main; sys.exit(main())"
    )
    again = [sys.executable, "-I", "-S", "-c", start, package, *sys.argv[1:]]
    os.execv(sys.executable, again)  # noqa: S606 - this interpreter, no shell

from dataclasses import replace

from polytope_nn.called import given
from polytope_nn.checker.kernel.reading import Json, Limits, Refuted, Unreadable
from polytope_nn.checker.kinds import Accepted, accepted
from polytope_nn.progress import Loop

__all__ = ["Accepted", "Limits", "Refuted", "Unreadable", "accepted", "check"]


def check(certificate: Json, limits: Limits | None = None) -> None:
    """Return nothing if a certificate (or its JSON value, or its text) is accepted.

    Parameters
    ----------
    certificate
        A Certificate, its JSON value, or the text of its file.
    limits
        How long it may take, and how many digits a number may have.

    Returns
    -------
    None
        Silence is acceptance.

    Raises
    ------
    Refuted
        When a requirement fails; the message says which claim, and why.

    Examples
    --------
    >>> check('{"format": "another"}')
    Traceback (most recent call last):
        ...
    polytope_nn.checker.kernel.reading.Refuted: certificate: its keys must be: ...
    """
    given(Limits, *([limits] if limits is not None else []))
    with Loop("self-check", 1) as loop:

        def told(claim: str, done: int, total: int) -> None:
            loop.what, loop.total = f"self-check, {claim}", total
            loop.at(done)

        accepted(certificate, replace(limits or Limits(), told=told))
