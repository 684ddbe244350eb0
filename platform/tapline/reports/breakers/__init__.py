"""What stopped by itself and waits for somebody: automatic money, and the sale of machines."""
