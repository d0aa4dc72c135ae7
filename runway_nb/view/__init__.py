"""What is seen of a task. Pure functions make it; thin widgets show it. Nothing in here fetches."""
