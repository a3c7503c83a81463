"""What do the smoke test and its tasks agree on, whichever Flyte runs them?"""

WORKERS = 2
WORDS = "smoke test: this error is on purpose"
PATIENCE = 240.0  # seconds until the other workers have shared what they have
