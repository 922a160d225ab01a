"""What is asked of a fit: its error bars, its match in the truth, its other optima, what is wrong."""
