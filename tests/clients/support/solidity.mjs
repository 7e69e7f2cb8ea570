// Compiles Solidity with npm's solc, its imports read from node_modules.
import { existsSync, readFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';

import solc from 'solc';

const root = join(dirname(fileURLToPath(import.meta.url)), '..');

/** The contract `name` of contracts/<name>.sol: {abi, bytecode}. */
export function compile(name) {
  const file = `${name}.sol`;
  const input = {
    language: 'Solidity',
    sources: { [file]: { content: readFileSync(join(root, 'contracts', file), 'utf8') } },
    settings: {
      optimizer: { enabled: true, runs: 200 },
      evmVersion: 'cancun',
      outputSelection: { [file]: { [name]: ['abi', 'evm.bytecode.object'] } },
    },
  };
  const find = (path) => {
    const found = [join(root, 'contracts', path), join(root, 'node_modules', path)].find(
      existsSync,
    );
    return found ? { contents: readFileSync(found, 'utf8') } : { error: 'no such file' };
  };
  const output = JSON.parse(solc.compile(JSON.stringify(input), { import: find }));
  const errors = (output.errors ?? []).filter((entry) => entry.severity === 'error');
  if (errors.length > 0) throw new Error(errors.map((entry) => entry.formattedMessage).join('\n'));
  const contract = output.contracts[file][name];
  return { abi: contract.abi, bytecode: `0x${contract.evm.bytecode.object}` };
}
