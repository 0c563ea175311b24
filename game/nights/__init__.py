"""What happens by itself: the tasks in the queues, the night, its report, and what is wrong."""
