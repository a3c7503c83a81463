"""What the nox sessions are made of: toolchain, cached builds, processes, checks. Import it with PYTHONPATH=scripts."""
