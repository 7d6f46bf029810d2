"""The checker as one file that runs alone: the same bytes from the same sources, always.

``python polytope_nn/checker/archive.py build/checker.pyz`` writes it. Files are stored, not
compressed (compressors differ), in order, with one date.
"""

import io
import sys
import zipfile
from pathlib import Path

FOLDER = Path(__file__).parent
DATE = (1980, 1, 1, 0, 0, 0)
START = '''\
"""Start the checker alone: no module of the user's path or site is let in."""

import os
import sys

if not sys.flags.isolated:
    again = [sys.executable, "-I", "-S", *sys.argv]
    os.execv(sys.executable, again)

from checker.command import main

sys.exit(main())
'''


def archive() -> bytes:
    """Return the bytes of ``checker.pyz``."""
    files = {"__main__.py": START.encode()}
    for path in sorted(FOLDER.rglob("*.py")):
        name = path.relative_to(FOLDER).as_posix()
        files[f"checker/{name}"] = path.read_bytes()
    buffer = io.BytesIO()
    buffer.write(b"#!/usr/bin/env python3\n")
    with zipfile.ZipFile(buffer, "w", zipfile.ZIP_STORED) as pyz:
        for name, content in files.items():
            info = zipfile.ZipInfo(name, DATE)
            info.create_system, info.external_attr = 3, 0o644 << 16
            pyz.writestr(info, content)
    return buffer.getvalue()


if __name__ == "__main__":
    Path(sys.argv[1]).write_bytes(archive())
