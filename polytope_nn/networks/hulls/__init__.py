"""The nearest optimal network where P is the hull of points: guessed, proved, made a network."""
