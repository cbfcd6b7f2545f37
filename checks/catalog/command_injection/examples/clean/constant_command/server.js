import { execFile, execSync } from 'node:child_process';
import { McpServer } from '@modelcontextprotocol/sdk/server/mcp.js';
import { z } from 'zod';

const server = new McpServer({ name: 'disk', version: '1.0.0' });
server.registerTool('disk', { description: 'Show use.', inputSchema: { unit: z.string() } }, async ({ unit }) => {
  const text = execSync('df -h').toString();
  execFile('du', ['--block-size', unit], () => {});
  const found = /\d+/.exec(unit);
  return { content: [{ type: 'text', text: text + found }] };
});
