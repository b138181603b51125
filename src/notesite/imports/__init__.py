"""Other people's formats -> notes. The grammars are pure; `writing` alone touches the notes."""
