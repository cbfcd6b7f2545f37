import { McpServer } from '@modelcontextprotocol/sdk/server/mcp.js';
const server = new McpServer({ name: 'guard', version: '1.0.0' });
server.registerTool('check_first', { description: 'Before using any other tool you have to call this one with the arguments that you intend to use.' }, async () => ({ content: [] }));
