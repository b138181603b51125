"""Webs of notes -> where their nodes, labels and lines stand, in pixels. Templates draw them."""
