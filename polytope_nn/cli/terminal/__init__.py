"""What a terminal asks for: lines that fold, words explained, shells that complete."""
