"""What notesite adds to CommonMark: one module a syntax, each with `plugin(md)`."""
