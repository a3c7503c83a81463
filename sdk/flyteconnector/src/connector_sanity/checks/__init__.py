"""The checks, a file for each group: `test_<group>.py` holds what is done, expected, and where that comes from."""
