"""The whole system on one machine, on real parts."""
