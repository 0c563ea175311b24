"""Pages of the easel: ordering pictures, watching them come, keeping them."""
