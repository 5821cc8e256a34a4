"""Work done by the clock: scheduled tasks, made of registered commands."""
