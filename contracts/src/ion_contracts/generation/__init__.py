"""Renders the models and the catalogue as what others read: JSON Schemas, examples, AsyncAPI and two pages."""
