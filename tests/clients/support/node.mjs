// Starts nodes for tests: Plume itself and anvil, each on a free port of this machine.
import { spawn, execFile } from 'node:child_process';
import { existsSync, mkdtempSync, readdirSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { promisify } from 'node:util';

import { mnemonicToAccount } from 'viem/accounts';

const here = dirname(fileURLToPath(import.meta.url));
const startMilliseconds = 20_000;
const stopMilliseconds = 20_000;

/** The program under test; the environment variable PLUME names another. */
export const plumeBinary = process.env.PLUME ?? join(here, '../../../build/release/plume');

/** Why tests of the node cannot run here, or false. For the `skip` option of a test. */
export const noPlume = existsSync(plumeBinary) ? false : `${plumeBinary} is not built`;

/** The mnemonic that development nodes share; its keys are public. */
export const testMnemonic = 'test test test test test test test test test test test junk';
export const testAccount = (index) => mnemonicToAccount(testMnemonic, { addressIndex: index });

/** A fresh directory, and how to remove it. */
export function temporaryDirectory() {
  const path = mkdtempSync(join(tmpdir(), 'plume-test-'));
  return { path, remove: () => rmSync(path, { recursive: true, force: true }) };
}

/** Spawns a node and waits until `ready(line)` makes something of a line of its stdout. */
async function launch(program, args, ready) {
  const child = spawn(program, args, { stdio: ['ignore', 'pipe', 'pipe'] });
  let talk = '';
  const remember = (chunk) => {
    talk = (talk + chunk).slice(-20_000);
  };
  child.stderr.on('data', remember);
  let isExpected = false;
  const exited = new Promise((done) => {
    child.once('exit', (code, signal) => done({ code, signal }));
    child.once('error', (error) => done({ error }));
  });
  // Whoever talks to it is told of a connection that broke, which is no reason.
  exited.then((how) => {
    if (isExpected) return;
    console.error(`${program} ended by itself: ${JSON.stringify(how)}\n${talk.slice(-2_000)}`);
  });

  const answer = await new Promise((resolve, reject) => {
    const fail = (why) => reject(new Error(`${program} ${args.join(' ')}: ${why}\n${talk}`));
    const timer = setTimeout(() => fail('not ready in time'), startMilliseconds);
    let pending = '';
    child.stdout.on('data', (chunk) => {
      remember(chunk);
      pending += chunk;
      const lines = pending.split('\n');
      pending = lines.pop();
      for (const line of lines) {
        const found = ready(line);
        if (!found) continue;
        clearTimeout(timer);
        resolve(found);
      }
    });
    exited.then((how) => {
      clearTimeout(timer);
      fail(`ended before it was ready: ${JSON.stringify(how)}`);
    });
  }).catch((error) => {
    isExpected = true;
    child.kill('SIGKILL');
    throw error;
  });

  /** Ends it at once. Resolves to {code, signal}, as stop does. */
  const kill = () => {
    isExpected = true;
    child.kill('SIGKILL');
    return exited;
  };
  /** Ends it in good order; that must not take long. */
  const stop = async () => {
    isExpected = true;
    child.kill('SIGTERM');
    let timer;
    const late = new Promise((done) => {
      timer = setTimeout(done, stopMilliseconds);
    });
    const how = await Promise.race([exited, late]);
    clearTimeout(timer);
    if (how) return how;
    await kill();
    throw new Error(`${program} did not stop within ${stopMilliseconds} ms\n${talk}`);
  };
  return { ...answer, pid: child.pid, talk: () => talk, stop, kill };
}

/**
 * Starts `plume dev`, or `plume start`, on the data directory; without one on a fresh one that is
 * removed at stop.
 * Resolves to its description, {rpc, chainId, accounts, contracts}, with stop() and kill().
 */
export async function startPlume({ data, command = 'dev', args = [] } = {}) {
  const own = data ? null : temporaryDirectory();
  const all = [command, '--port', '0', '--data', data ?? own.path, '--json', '--quiet', ...args];
  const node = await launch(plumeBinary, all, (line) =>
    line.startsWith('{') ? JSON.parse(line) : null,
  );
  if (!own) return node;
  const stop = async () => {
    const how = await node.stop();
    own.remove();
    return how;
  };
  return { ...node, stop };
}

/** The program of Foundry that npm has put here for this platform. */
export function foundryProgram(name) {
  const modules = join(here, '../node_modules/@foundry-rs');
  const folder = readdirSync(modules).find((entry) => entry.startsWith(`${name}-`));
  if (!folder) throw new Error(`npm has not installed ${name} for this platform`);
  return join(modules, folder, 'bin', name);
}

/** Starts anvil, as the other implementation: {rpc, chainId, accounts} with stop() and kill(). */
export async function startAnvil({ args = [] } = {}) {
  const node = await launch(foundryProgram('anvil'), ['--port', '0', ...args], (line) => {
    const found = /^Listening on (\S+)/.exec(line);
    return found && { rpc: `http://${found[1]}` };
  });
  const accounts = Array.from({ length: 10 }, (_, index) => ({
    address: testAccount(index).address,
  }));
  // It has nothing to keep, and does not always end when it is asked to.
  return { ...node, chainId: 31337, accounts, stop: node.kill };
}

const run = promisify(execFile);

/** Runs a command of `plume` and resolves to {code, stdout, stderr}; it may fail. */
export async function plume(...args) {
  try {
    const { stdout, stderr } = await run(plumeBinary, args, { maxBuffer: 1 << 26 });
    return { code: 0, stdout, stderr };
  } catch (error) {
    return { code: error.code, stdout: error.stdout ?? '', stderr: error.stderr ?? '' };
  }
}

/** The standard JSON ABI of a native contract, as `plume describe` prints it. */
export async function describe(contract) {
  const { code, stdout, stderr } = await plume('describe', contract, '--json');
  if (code !== 0) throw new Error(`plume describe ${contract} --json: ${stderr}`);
  return JSON.parse(stdout);
}

/** Runs one of Foundry's programs in a directory; resolves to its stdout or throws its stderr. */
async function runFoundry(name, args, { cwd, ...more } = {}) {
  const env = { ...process.env, FOUNDRY_DISABLE_NIGHTLY_WARNING: '1', ...more };
  const { stdout } = await run(foundryProgram(name), args, { cwd, env, maxBuffer: 1 << 26 });
  return stdout.trim();
}

export const cast = (...args) => runFoundry('cast', args);
export const forge = (cwd, ...args) =>
  runFoundry('forge', args, { cwd, FOUNDRY_SOLC: join(here, 'solc.mjs') });
