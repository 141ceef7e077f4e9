"""A million deliveries with everything that can happen to one, and a checker that accounts for every edit."""
