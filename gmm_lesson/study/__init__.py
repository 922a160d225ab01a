"""What is asked of a fit: its error bars, its match in the truth, its other optima, what is wrong.

What an argument must be stands in a docstring; any other gets a TypeError or a ValueError that names it.
"""
