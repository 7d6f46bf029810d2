"""What a certificate says of neurons that are not ReLU ones, and what proves it."""
