"""The texts of the mails, in Dutch: what a GP reads."""
