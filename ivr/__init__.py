"""Interactive voice response: flows as data, a pure engine, prompts and what keeps them."""
