"""Polyhedra and arrangements, over any exact scalar; each module opens with its terms."""
