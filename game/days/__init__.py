"""Which puzzle belongs to which day: the plan, the reserve, and how far both last."""
