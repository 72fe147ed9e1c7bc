"""What proves what the register did and who looked, and what it has of one person."""
