"""Pages of the site: channels, tasks and calendars."""
