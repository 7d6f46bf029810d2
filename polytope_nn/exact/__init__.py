"""Numbers: the gate, exact linear algebra, balls, real number fields."""
