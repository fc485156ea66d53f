"""What a person has been told about the product."""
