"""What certify says of other models than two-layer ReLU networks: a module a model."""
