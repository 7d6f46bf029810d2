"""The part of the set-up that setup.cfg cannot say: examples/ is installed; what is in C.

The extension is optional: where no compiler is found, the package does the same in Python.
With POLYTOPE_NN_PURE set it is left out, and a wheel is one for every Python and machine.
"""

import os

from setuptools import Extension, find_packages, setup

setup(
    packages=[*find_packages(include=["polytope_nn*"]), "polytope_nn.examples"],
    package_dir={"polytope_nn.examples": "examples"},
    ext_modules=[]
    if os.environ.get("POLYTOPE_NN_PURE")
    else [
        Extension(
            f"polytope_nn.geometry.kernel.{name}",
            [f"polytope_nn/geometry/kernel/{name}.c"],
            optional=True,
        )
        for name in ("_closure", "_compiled", "_fractions")
    ],
)
