"""The register: decides who is whose GP."""
