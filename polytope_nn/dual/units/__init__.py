"""What an optimum is for other units: two slopes, patterns, cells of rays, blocks."""
