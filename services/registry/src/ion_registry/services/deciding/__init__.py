"""What a batch of commands does: understood, loaded, decided in memory, saved in sets."""
