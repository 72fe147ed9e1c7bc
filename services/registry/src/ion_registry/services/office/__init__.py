"""What the office does by hand, judged beforehand and sent the one way."""
