"""Source -> Document: the loader. note.py reads one, typesetting.py sets the formulas of many."""
