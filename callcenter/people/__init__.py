"""Users, roles, teams, skills, extensions; sign-in and sessions."""
