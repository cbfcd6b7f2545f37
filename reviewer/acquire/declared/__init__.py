"""Documents that lead to servers, plugins and Skills: registry entries, marketplaces, clients' configurations, lists of tools.

Each is read in a confined child (``child``), which gives a ``Plan``: what of the document is kept, and what it leads to. Of a client's
configuration only what ``redaction`` has gone through leaves the child, so no secret reaches a blob, a dossier, the store or a message.
"""
