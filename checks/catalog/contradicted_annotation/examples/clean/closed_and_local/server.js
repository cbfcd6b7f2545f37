import { McpServer } from "@modelcontextprotocol/sdk/server/mcp.js";
import { z } from "zod";

const server = new McpServer({ name: "units", version: "1.0.0" });

server.registerTool(
  "convert",
  { description: "Convert miles.", inputSchema: { miles: z.number() }, annotations: { openWorldHint: false, readOnlyHint: true } },
  async ({ miles }) => ({ content: [{ type: "text", text: String(miles * 1.609) }] }),
);
