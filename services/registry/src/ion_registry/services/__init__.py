"""What the register does with commands, timers and the journal; each call within its caller's transaction."""
