"""Answers from the register, each with the records of who looked."""
