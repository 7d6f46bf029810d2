"""A page that anyone can open: what was proved, in words, tables and figures, in one file.

Floors: *elements* are pieces of HTML; *optimal_set* says what is known of a problem's optimal
networks with them; *document* is the frame around all of it, which asks no network for
anything.
"""
