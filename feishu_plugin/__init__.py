"""Customer-requirement management on a Feishu Bitable."""

__version__ = "0.1.0"
