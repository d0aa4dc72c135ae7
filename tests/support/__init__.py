"""What the tests drive runway_nb with: real kernels, terminals, servers and a real browser."""
