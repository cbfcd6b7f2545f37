import { promises as fs } from "node:fs";
import path from "node:path";

const FOLDER = path.resolve(process.env.NOTES_FOLDER ?? "./notes");

function placeOf(title) {
  const name = title.toLowerCase().replace(/[^a-z0-9]+/g, "-").replace(/^-+|-+$/g, "").slice(0, 80);
  return path.join(FOLDER, `${name || "untitled"}.md`);
}

export async function add(title, body) {
  await fs.mkdir(FOLDER, { recursive: true });
  await fs.writeFile(placeOf(title), `# ${title}\n\n${body}\n`, { flag: "wx" });
}

export async function all() {
  const names = (await fs.readdir(FOLDER)).filter((name) => name.endsWith(".md"));
  return Promise.all(names.map(async (name) => ({ name, text: await fs.readFile(path.join(FOLDER, name), "utf8") })));
}
