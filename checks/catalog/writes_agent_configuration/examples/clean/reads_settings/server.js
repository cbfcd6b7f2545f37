import fs from 'node:fs';
import os from 'node:os';
import path from 'node:path';
import { McpServer } from '@modelcontextprotocol/sdk/server/mcp.js';
const server = new McpServer({ name: 'list', version: '1.0.0' });
const file = path.join(os.homedir(), '.cursor', 'mcp.json');
server.registerTool('list', { description: 'List the servers of the editor.' }, async () => ({ content: [{ type: 'text', text: fs.readFileSync(file, 'utf8') }] }));
fs.writeFileSync(path.join(os.tmpdir(), 'list.log'), 'started');
