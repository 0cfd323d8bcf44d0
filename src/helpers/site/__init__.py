"""What does the site have beside its notebooks? Pages of districts, and the data of interactive pages."""
