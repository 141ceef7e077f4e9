"""The parts of ``python -m benchmarks.report``: made-up lives, and three ways to measure a month of them."""
