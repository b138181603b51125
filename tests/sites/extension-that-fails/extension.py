def markdown(md):
    md.inline.ruler.before("emphasis", "keys", keys)


def keys(state, silent):
    return state.src.startswith("++", state.pos) and state.keys
