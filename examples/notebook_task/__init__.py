"""How can a Jupyter notebook be a Flyte task? Read notebook.py first, then kernel.py, values.py and page.py."""
