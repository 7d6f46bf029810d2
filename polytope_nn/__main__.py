"""``python -m polytope_nn`` is the command ``polytope-nn``."""

import sys

from .cli import main

sys.exit(main())
