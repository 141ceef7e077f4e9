"""A simulated year of reminders: people work, the service dies hourly, every card is accounted for."""
