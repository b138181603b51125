"""Every value that crosses a stage: frozen, made of tuples, dates and strings, so each has one
encoding.

The flow: Source -> Document -> Library -> Output -> bytes.
"""

from notesite.model.library import (
    AskedTemplate,
    Asset,
    Card,
    Library,
    Link,
    Page,
    Section,
    Series,
    Taxonomy,
    Term,
)
from notesite.model.notes import (
    AssetLink,
    Counts,
    Document,
    Entry,
    Formula,
    FrontMatter,
    Heading,
    Hole,
    Html,
    NoteLink,
    Source,
    Stored,
    Text,
    Typeset,
    has_math,
)
from notesite.model.outputs import (
    Archive,
    Copy,
    Output,
    Pagination,
    Site,
    Template,
    Theme,
    Written,
)
from notesite.problems import Location, Problem

__all__ = [
    "Archive",
    "AskedTemplate",
    "Asset",
    "AssetLink",
    "Card",
    "Copy",
    "Counts",
    "Document",
    "Entry",
    "Formula",
    "FrontMatter",
    "Heading",
    "Hole",
    "Html",
    "Library",
    "Link",
    "Location",
    "NoteLink",
    "Output",
    "Page",
    "Pagination",
    "Problem",
    "Section",
    "Series",
    "Site",
    "Source",
    "Stored",
    "Taxonomy",
    "Template",
    "Term",
    "Text",
    "Theme",
    "Typeset",
    "Written",
    "has_math",
]
