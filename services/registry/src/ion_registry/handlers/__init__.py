"""Where questions come in."""
