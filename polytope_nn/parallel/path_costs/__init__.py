"""Path costs whose optimal branches are no equal parts: a group LASSO of tuples of blocks (P12)."""
