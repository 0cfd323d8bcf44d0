"""What would a reproducibility reviewer do? Rebuild, rerun, compare, and say line by line what was found."""
