"""What was drawn, by machine, day, hour and weekday: rolled up by the day it was reported."""
