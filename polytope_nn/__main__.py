"""``python -m polytope_nn`` is the command ``polytope-nn``."""

import sys

from polytope_nn.cli import main

sys.exit(main())
