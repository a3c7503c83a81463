"""What does a product look like that Flyte knows nothing about, and that sends a bill?

A small service for paid computations: jobs are real processes, each live process costs money for every second, and a
token opens the door. `python -m paid_service` starts it; `paid_connector` beside it lets Flyte use it.
"""
