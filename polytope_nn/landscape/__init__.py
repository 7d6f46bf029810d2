"""The theory, one idea a file, in the order of THEORY: problem, atoms, optimum, ..."""
