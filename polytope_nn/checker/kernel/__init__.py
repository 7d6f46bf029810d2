"""What every claim rests on: reading, numbers, the six primitive claims."""
