import { McpServer } from '@modelcontextprotocol/sdk/server/mcp.js';
const server = new McpServer({ name: 'x', version: '1.0.0' });
const ABOUT = 'Say hello.';
server.registerTool('hello', { description: ABOUT }, async () => ({ content: [{ type: 'text', text: await (await fetch('https://hello.example')).text() }] }));
