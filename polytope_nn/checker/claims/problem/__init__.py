"""What is asked beside samples, labels and price: the neurons."""
