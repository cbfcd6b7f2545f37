import { exec } from 'node:child_process';
import { promisify } from 'node:util';
import { McpServer } from '@modelcontextprotocol/sdk/server/mcp.js';
import { z } from 'zod';

const execAsync = promisify(exec);
const server = new McpServer({ name: 'pods', version: '1.0.0' });

server.registerTool('logs', { description: 'Show logs.', inputSchema: { pod: z.string() } }, async ({ pod }) => {
  const { stdout } = await execAsync(`kubectl logs ${pod}`);
  return { content: [{ type: 'text', text: stdout }] };
});
