"""The pages of the site itself: about it, as an app on a phone, and whether it is well."""
