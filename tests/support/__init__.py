"""What tests stand on: waiting for conditions, the running product, databases."""
