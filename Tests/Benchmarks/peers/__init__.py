"""The programs that the engine is compared with, and the networks they run."""
