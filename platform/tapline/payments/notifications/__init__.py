"""What providers told us of their own accord, kept byte by byte."""
