"""Pages: what people see in a browser, drawn on the server."""
