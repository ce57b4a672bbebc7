"""Foundation: what knows nothing about welfare. Imports nothing of the floors below."""
