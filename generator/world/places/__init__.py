"""Where things stand: several drawings of each place."""
