"""What two services would otherwise write twice."""
