"""The composition root: command line, embedded services, worker, schedule, subscriptions."""
