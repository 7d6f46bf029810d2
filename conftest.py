"""Hypothesis profiles: ``dev`` by default, ``ci`` reproducible, ``deep`` nightly."""

import os

from hypothesis import HealthCheck, settings

common = settings(deadline=None, suppress_health_check=[HealthCheck.too_slow])
settings.register_profile("dev", common, max_examples=25)
settings.register_profile("ci", common, max_examples=100, derandomize=True, print_blob=True)
settings.register_profile("deep", common, max_examples=5000)
settings.load_profile(
    os.environ.get("HYPOTHESIS_PROFILE", "ci" if "CI" in os.environ else "dev")
)
