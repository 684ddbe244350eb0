"""The daily close: what a business day moved, where it left every account, and what stays open."""
