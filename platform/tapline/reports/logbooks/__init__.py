"""What became of one machine: its meter day by day, repairs, treatments, alarms, abnormal use."""
