"""How the tables came to be: one revision per change, each tried from the first on."""
