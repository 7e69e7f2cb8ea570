// The Solidity interfaces of docs/contracts/interfaces, which `plume describe --solidity` makes:
// solc takes them, and finds in them the functions that dispatch.
import assert from 'node:assert/strict';
import { readFileSync, readdirSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { describe as group, test } from 'node:test';
import { fileURLToPath } from 'node:url';

import solc from 'solc';
import { toEventSelector, toFunctionSelector } from 'viem';

import { describe, noPlume } from './support/node.mjs';

const here = dirname(fileURLToPath(import.meta.url));
const folder = join(here, '../../docs/contracts/interfaces');
const files = readdirSync(folder).filter((file) => file.endsWith('.sol'));

const isError = (entry) => entry.severity === 'error';

/** What solc reads in a file: the JSON ABI of its one interface. */
function compiled(file) {
  const input = {
    language: 'Solidity',
    sources: { [file]: { content: readFileSync(join(folder, file), 'utf8') } },
    settings: { outputSelection: { '*': { '*': ['abi'] } } },
  };
  const output = JSON.parse(solc.compile(JSON.stringify(input)));
  assert.deepEqual((output.errors ?? []).filter(isError).map((entry) => entry.formattedMessage), []);
  return Object.values(output.contracts[file])[0].abi;
}

/** The names by which an ABI is called from outside, sorted. */
const namesOf = (abi) =>
  abi
    .filter((entry) => ['function', 'event', 'error'].includes(entry.type))
    .map((entry) => {
      const hash = entry.type === 'event' ? toEventSelector : toFunctionSelector;
      return `${entry.type} ${hash({ ...entry, type: entry.type === 'event' ? 'event' : 'function' })}`;
    })
    .sort();

group('interfaces', () => {
  test('there is one for each kind of contract', () => {
    assert.ok(files.length >= 6, `only ${files.length}`);
  });
  for (const file of files)
    test(`${file} compiles to what dispatches`, { skip: noPlume }, async () => {
      const described = await describe(file.slice(1, -'.sol'.length));
      assert.deepEqual(namesOf(compiled(file)), namesOf(described));
    });
});
