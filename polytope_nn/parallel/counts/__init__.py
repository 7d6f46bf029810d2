"""The staircase in two widths: ``cells`` below ``slots`` below ``widths`` below ``statements``."""
