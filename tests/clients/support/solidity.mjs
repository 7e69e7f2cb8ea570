// Compiles Solidity with npm's solc, its imports read from node_modules, and reads what other
// packages bring along compiled.
import { existsSync, readFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';

import solc from 'solc';

const root = join(dirname(fileURLToPath(import.meta.url)), '..');
const modules = join(root, 'node_modules');

const sourceOf = (file) => ({ content: readFileSync(join(root, 'contracts', file), 'utf8') });

function find(path) {
  const found = [join(root, 'contracts', path), join(modules, path)].find(existsSync);
  return found ? { contents: readFileSync(found, 'utf8') } : { error: 'no such file' };
}

/**
 * The contracts of contracts/<file>.sol and of all it imports: {<name>: {abi, bytecode}}. Compiled
 * for the newest revision that solc knows, as it does by default.
 */
export function compileAll(file) {
  const input = {
    language: 'Solidity',
    sources: { [`${file}.sol`]: sourceOf(`${file}.sol`) },
    settings: {
      optimizer: { enabled: true, runs: 200 },
      outputSelection: { '*': { '*': ['abi', 'evm.bytecode.object'] } },
    },
  };
  const output = JSON.parse(solc.compile(JSON.stringify(input), { import: find }));
  const errors = (output.errors ?? []).filter((entry) => entry.severity === 'error');
  if (errors.length > 0) throw new Error(errors.map((entry) => entry.formattedMessage).join('\n'));
  const contracts = Object.values(output.contracts).flatMap((unit) => Object.entries(unit));
  return Object.fromEntries(
    contracts.map(([name, { abi, evm }]) => [name, { abi, bytecode: `0x${evm.bytecode.object}` }]),
  );
}

/** The contract `name` of contracts/<name>.sol: {abi, bytecode}. */
export const compile = (name) => compileAll(name)[name];

/** A contract that a package brings along compiled, by the path of its JSON: {abi, bytecode}. */
export function artifact(path) {
  const { abi, bytecode } = JSON.parse(readFileSync(join(modules, path), 'utf8'));
  return { abi, bytecode: bytecode.startsWith('0x') ? bytecode : `0x${bytecode}` };
}
