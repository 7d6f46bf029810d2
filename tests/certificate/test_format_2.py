"""Format 2: what it says more, and that it cannot be left out."""

FORGERIES_2 = {}


def forged_2(name):
    raise KeyError(name)
