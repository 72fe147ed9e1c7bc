"""`make demo`: the running system doing its job, step by step, with what was expected and what was observed."""
