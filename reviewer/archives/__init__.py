"""How archives are read, apart from where their members go: for what is acquired, and for what lies inside a file of a submission."""
