"""Any loss where numbers are known in intervals: each sample on one piece of its graph."""
