"""What goes out of the house on behalf of templates and tasks: requests, SOAP, file servers, files."""
