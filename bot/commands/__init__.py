"""The verbs of `python -m bot`, one module each: `configure(parser)` says what it takes, `run(arguments)` does it."""
