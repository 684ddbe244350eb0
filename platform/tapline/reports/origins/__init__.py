"""What a journal rests on: the facts behind it, and the bytes in which they came."""
