"""Requirements on their way into the archive and back."""
