"""The pages of a player: their record, what they have chosen, what is kept of them."""
