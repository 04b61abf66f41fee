"""alertsim rehearses air-raid alerts: cited scenarios, played over MQTT, every message marked as an exercise."""

__version__ = "0.1.0"
