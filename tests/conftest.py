"""The same examples at each run, so that a red suite tells of the change and not of chance; the soak looks for new ones."""

from hypothesis import settings

settings.register_profile("suite", derandomize=True)
settings.load_profile("suite")
