"""Messages that leave the house: e-mail and SMS, over the enterprise's own channels."""
