"""What is looked for in MCP servers and Skills, and how what is found is said."""
