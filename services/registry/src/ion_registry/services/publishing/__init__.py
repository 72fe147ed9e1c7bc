"""From the journal to the topics: rendered by row, published by who reads the partition."""
