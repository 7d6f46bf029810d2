"""What every figure stands on: forms of files, styles, and labels off the markers."""
