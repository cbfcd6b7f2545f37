import { execSync } from 'node:child_process';

export function run(name) {
  return execSync(`tool ${name}`).toString();
}
