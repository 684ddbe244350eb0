"""What a call was about, as agents say it: a list that the operator keeps."""
