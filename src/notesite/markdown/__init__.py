"""Source -> Document: the loader. `note.parse` reads one, `note.typeset` sets formulas of many."""
