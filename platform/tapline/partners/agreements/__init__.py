"""What was agreed about a site: who answers for what, what share is paid, what is owed for what."""
