"""The world around the product, for tests and demonstrations: a public network, voices, SIP load."""
