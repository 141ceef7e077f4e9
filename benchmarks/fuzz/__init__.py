"""Bad input at every door: generated, handed to the product, and judged by what became of it."""
