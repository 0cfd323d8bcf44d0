"""Programmes for places: what a document says of one, and whether it keeps the six lessons."""
