"""Our charts drawn by the library that Feishu draws them with."""
