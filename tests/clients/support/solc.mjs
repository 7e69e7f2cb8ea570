#!/usr/bin/env node
// npm's solc as the program that forge looks for: `--version`, and `--standard-json` from stdin.
import { readFileSync } from 'node:fs';

import solc from 'solc';

if (process.argv.includes('--version')) {
  console.log(`solc, the solidity compiler\nVersion: ${solc.version()}`);
} else if (process.argv.includes('--standard-json')) {
  process.stdout.write(solc.compile(readFileSync(0, 'utf8')));
} else {
  console.error('solc.mjs: --version or --standard-json');
  process.exitCode = 1;
}
