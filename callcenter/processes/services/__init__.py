"""The programs of others that the product runs privately: how each is configured and started."""
