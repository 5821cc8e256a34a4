"""When an enterprise is open: weekly periods, holidays, special days, and a switch for emergencies."""
