"""The demonstration: an estate with Chinese data, a simulated fleet, and a report on the run."""
