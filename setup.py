"""The part of the set-up that setup.cfg cannot say: examples/ is installed with the package."""

from setuptools import find_packages, setup

setup(
    packages=[*find_packages(include=["polytope_nn*"]), "polytope_nn.examples"],
    package_dir={"polytope_nn.examples": "examples"},
)
