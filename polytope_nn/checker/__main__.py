"""``python -m polytope_nn.checker CERT.json``: the checker, as installed."""

import sys

from .command import main

if __name__ == "__main__":
    sys.exit(main())
