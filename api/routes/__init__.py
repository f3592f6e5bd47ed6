"""The service's addresses, a file a noun. A route only translates; what it asks for lives below."""
