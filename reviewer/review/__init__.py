"""The desk: who asked, who decided, under which conditions. State is the fold of events; a verdict names a dossier's digest."""
