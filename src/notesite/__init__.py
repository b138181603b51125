"""notesite: Markdown notes with math in, a static site out."""

__version__ = "0.1.0"
