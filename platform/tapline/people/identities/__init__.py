"""Real names: whose papers were seen, by whom, and the sealed number of them."""
