"""A dossier for people and machines. Every report is pure: a dossier in, text out."""
