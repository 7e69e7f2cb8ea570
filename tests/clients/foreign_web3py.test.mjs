// The test suite that web3.py brings along in its PyPI package for whoever writes a node, by HTTP
// and by WebSocket: `make foreign` installs it. What is not run stands in skipped.py, with reasons.
import assert from 'node:assert/strict';
import { spawn } from 'node:child_process';
import { existsSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { test } from 'node:test';
import { fileURLToPath } from 'node:url';

import { noPlume, startPlume } from './support/node.mjs';

const suite = join(dirname(fileURLToPath(import.meta.url)), '../foreign/web3py');
const python = join(suite, '../../../build/foreign/web3py/bin/python');
/** The suite wants the chain of its own node; blocks at an interval let transactions wait. */
const args = ['--chain-id', '131277322940537', '--block-time', '3'];

const reason = () =>
  noPlume || (existsSync(python) ? false : 'web3.py is not installed: make foreign');

test('the tests of web3.py pass as they are', { skip: reason() }, async (t) => {
  const node = await startPlume({ args });
  try {
    const env = {
      ...process.env,
      PLUME_RPC: node.rpc,
      PLUME_WS: node.rpc.replace('http:', 'ws:'),
      PYTHONDONTWRITEBYTECODE: '1',
    };
    const program = spawn(python, ['-m', 'pytest', '-q', '-rfs'], { cwd: suite, env });
    let text = '';
    for (const stream of [program.stdout, program.stderr])
      stream.on('data', (more) => (text += more));
    const code = await new Promise((done) => program.on('close', done));
    const told = text.match(/^SKIPPED .*$|^FAILED .*$|^.* passed.*$/gm) ?? [];
    for (const line of told) t.diagnostic(line);
    assert.equal(code, 0, text.slice(-6_000));
    assert.ok(Number(/(\d+) passed/.exec(text)?.[1]) >= 570, text.slice(-2_000));
  } finally {
    await node.stop();
  }
});
