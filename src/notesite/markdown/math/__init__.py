"""Math in Markdown: TeX is found and numbered here (`tex`), and set by KaTeX (`katex`)."""
