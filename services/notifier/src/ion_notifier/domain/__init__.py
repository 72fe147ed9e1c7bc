"""What a change message is and says, without I/O."""
