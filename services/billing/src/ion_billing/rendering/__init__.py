"""From an invoice to the document that a GP reads. Pure: the same invoice gives the same bytes."""
