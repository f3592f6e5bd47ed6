"""Who is asking: the command line, the HTTP service and the demonstration. The only room that reads the clock."""
