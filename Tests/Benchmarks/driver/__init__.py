"""Runs programs in turn on a machine that others may use too, and says which was how fast."""
