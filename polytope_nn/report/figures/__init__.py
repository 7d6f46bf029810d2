"""Pictures, each of one answer: `figure` has the staircase and the style that all share."""
