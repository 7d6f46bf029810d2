"""What a notebook shows of values: tables, typeset mathematics, pictures."""
