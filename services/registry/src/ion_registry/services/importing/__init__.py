"""The care provider register: a file in, what changed kept, published and reported (rule 32)."""
