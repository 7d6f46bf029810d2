"""Problems with losses other than the squared one: one piece a sample, then the usual search.

Floors: by_pieces > program, pieces.
"""
