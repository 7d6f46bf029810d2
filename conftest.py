"""Hypothesis profiles, and the floor under the number of collected tests.

``dev`` is the default profile, ``ci`` is reproducible, ``deep`` is for a night.
"""

import os
from pathlib import Path

import pytest
from hypothesis import HealthCheck, settings

for name in ("OPENBLAS_NUM_THREADS", "OMP_NUM_THREADS", "MKL_NUM_THREADS"):
    os.environ.setdefault(name, "1")  # as the command line has it

common = settings(deadline=None, suppress_health_check=[HealthCheck.too_slow])
settings.register_profile("dev", common, max_examples=25)
settings.register_profile("ci", common, max_examples=60, derandomize=True, print_blob=True)
settings.register_profile("deep", common, max_examples=5000)
settings.load_profile(
    os.environ.get("HYPOTHESIS_PROFILE", "ci" if "CI" in os.environ else "dev")
)


def pytest_addoption(parser: pytest.Parser) -> None:
    """Declare the floor, a number in setup.cfg."""
    parser.addini("collected_floor", "the least number of tests of a whole run")


@pytest.hookimpl(trylast=True)
def pytest_sessionfinish(session: pytest.Session) -> None:
    """Fail a whole run that collected fewer tests than the committed floor."""
    config = session.config
    here = config.rootpath
    asked = {(here / Path(arg)).resolve() for arg in config.args}
    whole = asked == {(here / arg).resolve() for arg in config.getini("testpaths")}
    if not whole or config.option.keyword or hasattr(config, "workerinput"):
        return
    floor = int(config.getini("collected_floor"))
    if session.testscollected < floor:
        session.exitstatus = pytest.ExitCode.TESTS_FAILED
        config.get_terminal_writer().line(
            f"\ncollected {session.testscollected} tests, the floor is {floor}", red=True
        )
