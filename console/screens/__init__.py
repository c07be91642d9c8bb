"""The screens of the app: Home, briefing, war room, debrief, and the small ones over them."""
