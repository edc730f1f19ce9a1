"""What the end-to-end tests stand on: mail servers, a browser, a client of the API."""
