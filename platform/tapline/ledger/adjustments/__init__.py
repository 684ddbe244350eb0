"""What people post by hand: proposed with a reason, approved by a second person above a limit."""
