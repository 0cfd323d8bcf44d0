"""How do the raw files become the shipped tables, and are these what they should be?"""
