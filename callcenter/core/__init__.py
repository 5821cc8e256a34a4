"""What every slice stands on; imports nothing of the product outside itself."""
