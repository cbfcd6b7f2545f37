import { execFileSync } from 'node:child_process';

export function run(name) {
  return execFileSync('tool', [name]).toString();
}
