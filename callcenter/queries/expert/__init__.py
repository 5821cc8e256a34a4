"""Expert mode: statements that somebody writes as text, over what he may see, and nothing else."""
