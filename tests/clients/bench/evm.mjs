// Plume's interpreter beside anvil's, program by program: million gas a second of both and how many
// times faster Plume is. evm_bench measures Plume in its process; anvil is asked by eth_call with the
// code as a state override, and what an empty program takes is subtracted.
//
//   node bench/evm.mjs BUILD FOLDER    BUILD has bench/evm_bench; FOLDER the *.case files

import { execFileSync, spawn } from 'node:child_process';
import { existsSync, readdirSync, readFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import { dirname, join } from 'node:path';
import { performance } from 'node:perf_hooks';

const [build, folder] = process.argv.slice(2);
if (!existsSync(folder)) {
  console.log(`evm: there are no programs to measure at ${folder}`);
  process.exit(0);
}
const repetitions = 9;
const contract = `0x${'c0de'.padStart(40, '0')}`;
const gas = '0x2540be400';

const programs = readdirSync(folder)
  .filter((file) => file.endsWith('.case'))
  .sort()
  .flatMap((file) => {
    const lines = readFileSync(join(folder, file), 'utf8').trim().split('\n');
    const code = lines[0].split(' ')[1].replace(/^(0x)?/, '0x');
    return lines.slice(1).map((line) => {
      const [, name, input = ''] = line.split(' ');
      return {
        name: `${file.slice(0, -'.case'.length)} ${name}`,
        code,
        input: input.replace(/^(0x)?/, '0x'),
      };
    });
  });

function startAnvil() {
  const require = createRequire(import.meta.url);
  const home = dirname(require.resolve('@foundry-rs/anvil-linux-amd64/package.json'));
  const anvil = spawn(join(home, 'bin/anvil'), ['--port', '0', '--disable-block-gas-limit']);
  return new Promise((resolve, reject) => {
    let said = '';
    anvil.on('error', reject);
    anvil.stdout.on('data', (text) => {
      said += text;
      const found = said.match(/Listening on (\S+)/);
      if (found) resolve({ url: `http://${found[1]}`, stop: () => anvil.kill() });
    });
  });
}

async function callTime(url, code, data) {
  const body = JSON.stringify({
    jsonrpc: '2.0',
    id: 1,
    method: 'eth_call',
    params: [{ to: contract, data, gas }, 'latest', { [contract]: { code } }],
  });
  const start = performance.now();
  const response = await fetch(url, {
    method: 'POST',
    headers: { 'content-type': 'application/json' },
    body,
  });
  const { error } = await response.json();
  const milliseconds = performance.now() - start;
  if (error && error.code !== 3) throw new Error(`anvil: ${JSON.stringify(error)}`);
  return milliseconds;
}

/** The fastest of several calls, less the fastest that does nothing with as much code. */
async function anvilSeconds(url, { code, input }) {
  const idle = [];
  const busy = [];
  for (let i = 0; i < repetitions; ++i) {
    idle.push(await callTime(url, `0x00${code.slice(4)}`, input));
    busy.push(await callTime(url, code, input));
  }
  return (Math.min(...busy) - Math.min(...idle)) / 1000;
}

const ours = JSON.parse(
  execFileSync(join(build, 'bench/evm_bench'), ['--json', folder], { encoding: 'utf8' }),
);
const anvil = await startAnvil();
const ratios = [];
console.log('program                              Plume Mgas/s   anvil Mgas/s   times');
for (const program of programs) {
  const { gas: used, seconds } = ours[program.name];
  const theirs = await anvilSeconds(anvil.url, program);
  const rate = (time) => (used / time / 1e6).toFixed(0);
  // A program of microseconds drowns in the noise of a request.
  const is_long = theirs > 0.0005;
  if (is_long) ratios.push(theirs / seconds);
  console.log(
    program.name.padEnd(36),
    rate(seconds).padStart(12),
    (is_long ? rate(theirs) : 'too short').padStart(14),
    is_long ? (theirs / seconds).toFixed(2).padStart(7) : '',
  );
}
anvil.stop();
const mean = Math.exp(ratios.reduce((sum, x) => sum + Math.log(x), 0) / ratios.length);
console.log(
  `${mean.toFixed(2)} times anvil in the geometric mean of ${ratios.length} programs, ` +
    `${Math.min(...ratios).toFixed(2)} at least`,
);
