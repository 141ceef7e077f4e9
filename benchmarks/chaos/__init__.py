"""The service is killed, starved and lied to; afterwards everything must look as if nothing had happened."""
