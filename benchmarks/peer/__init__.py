"""What people would use instead: a straightforward service on plain lark-oapi, and what runs it."""
