"""Takes what GP systems post and checks coverage at all insurers."""
