import fs from 'node:fs';
import path from 'node:path';
import { McpServer } from '@modelcontextprotocol/sdk/server/mcp.js';
import { z } from 'zod';

const ROOT = fs.realpathSync('/srv/files');
const server = new McpServer({ name: 'files', version: '1.0.0' });
server.registerTool('read', { description: 'Read a file.', inputSchema: { file: z.string() } }, async ({ file }) => {
  const target = fs.realpathSync(path.join(ROOT, file));
  if (!target.startsWith(ROOT + path.sep)) throw new Error('outside');
  return { content: [{ type: 'text', text: fs.readFileSync(target, 'utf8') }] };
});
