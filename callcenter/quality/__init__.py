"""Quality: forms, what is there to score, scores and who sees them."""
