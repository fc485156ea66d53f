"""The register of warnings and everything people do."""
