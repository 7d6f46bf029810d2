"""The checker whose soundness is a theorem, ``proofs/coq/chk``, as a second opinion."""

import shutil
import subprocess
from pathlib import Path

from polytope_nn.errors import InstanceError, Undecided

__all__ = ["confirmed"]

BUILT = Path(__file__).parents[2] / "proofs" / "coq" / "chk"


def program() -> str:
    """Return the path of the extracted program: built in this tree, or on PATH."""
    found = str(BUILT) if BUILT.is_file() else shutil.which("polytope-nn-chk")
    if found is None:
        cure = (
            "run make -C proofs/coq in the source tree (make verified installs Coq first)"
        )
        raise InstanceError(f"--verified: proofs/coq/chk is not built: {cure}")
    return found


def confirmed(text: str) -> None:
    """Let the verified checker read the very characters; it says yes or no and no more."""
    command = [program(), "-"]
    done = subprocess.run(  # noqa: S603 - our own program, no argument of the user's
        command, input=text.encode(), stdout=subprocess.DEVNULL, check=False
    )
    if done.returncode != 0:
        raise Undecided(
            "accepted by the checker, not confirmed by the verified one: it reads the kinds "
            "named in proofs/coq/README.md, in the characters that certify -o writes"
        )
