"""Polyhedra and arrangements, over any exact scalar; each module opens with its terms.

``polyhedra`` serves sets of one's own; ``cdd`` is the reference engine, optional. The floors
stand in setup.cfg.
"""
