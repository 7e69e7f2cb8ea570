// The program plume-vm (tests/differential/plume_vm.cpp) behind a function.
import { spawn } from 'node:child_process';
import { dirname, join } from 'node:path';
import { createInterface } from 'node:readline';

import { plumeBinary } from './node.mjs';

export const plumeVm = join(dirname(plumeBinary), 'plume-vm');

/** Starts it for programs in this block. */
export function startPlumeVm(block) {
  const child = spawn(plumeVm, [], { stdio: ['pipe', 'pipe', 'inherit'] });
  const lines = createInterface({ input: child.stdout })[Symbol.asyncIterator]();
  child.stdin.on('error', () => {}); // Whoever waits for an answer hears that it has ended.
  child.stdin.write(`${JSON.stringify(block)}\n`);

  /** Resolves to the answers to all programs, in order. */
  const run = async (programs) => {
    child.stdin.write(programs.map((program) => `${JSON.stringify(program)}\n`).join(''));
    const answers = [];
    while (answers.length < programs.length) {
      const { value, done } = await lines.next();
      if (done) throw new Error(`plume-vm ended at ${JSON.stringify(programs[answers.length])}`);
      answers.push(JSON.parse(value));
    }
    return answers;
  };
  return { run, stop: () => child.stdin.end() };
}
