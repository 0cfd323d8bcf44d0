"""What can be asked for, one module per kind of question; `helpers.cli` puts them together."""
