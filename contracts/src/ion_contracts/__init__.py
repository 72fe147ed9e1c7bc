"""Message and API schemas and the topic catalogue of the register."""
