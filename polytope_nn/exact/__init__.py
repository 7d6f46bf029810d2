"""Numbers: fractions, elements of real number fields, balls; linear algebra over them."""
