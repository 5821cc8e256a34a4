"""A call-centre CRM for many enterprises on a real Asterisk."""
