"""People over HTTP: sessions, seats, teams, words. One module a screen."""
