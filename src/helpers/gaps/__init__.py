"""How wide is the gap between two groups of districts, and what does choosing them do to it?"""
