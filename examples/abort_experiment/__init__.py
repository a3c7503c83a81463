"""What goes on costing money after a user has aborted a task? The same work, started in different ways."""
