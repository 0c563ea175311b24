"""A puzzle's page in the studio: its form, its pictures and their approval, its rulings."""
