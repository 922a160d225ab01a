"""What fit() runs on: the same EM at the speed of the machine, for many starts and any number of objects."""
