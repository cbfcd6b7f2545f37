import fs from 'node:fs/promises';
import path from 'node:path';
import { McpServer } from '@modelcontextprotocol/sdk/server/mcp.js';
import { z } from 'zod';

const server = new McpServer({ name: 'files', version: '1.0.0' });
server.tool('read', 'Read a file.', { file: z.string() }, async ({ file }) => {
  const text = await fs.readFile(path.join('/srv/files', file), 'utf8');
  return { content: [{ type: 'text', text }] };
});
