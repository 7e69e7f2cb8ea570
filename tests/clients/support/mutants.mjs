// Random programs for two EVMs: code of the public state tests and code that support/programs.mjs
// writes, changed here and there, in a small world with contracts to call.
import { readFileSync, readdirSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';

import { numberToHex } from 'viem';

import { Programs, alike, hexOf, precompiles } from './programs.mjs';
import { templates } from './transactions.mjs';

const fixtures = join(
  dirname(fileURLToPath(import.meta.url)),
  '../../../build/fixtures/plume-conformance-dev/state',
);
/** Code above this size is left out: changing a byte of it changes little. */
const codeSizeMax = 2_000;

/** Every code in the state tests, once, in the order of files; none when they are not there. */
export function publicCodes() {
  const codes = new Set();
  const look = (folder) => {
    let entries = [];
    try {
      entries = readdirSync(folder, { withFileTypes: true });
    } catch {
      return;
    }
    for (const entry of entries.sort((a, b) => (a.name < b.name ? -1 : 1))) {
      const path = join(folder, entry.name);
      if (entry.isDirectory()) look(path);
      else if (entry.name.endsWith('.json'))
        for (const [, code] of readFileSync(path, 'utf8').matchAll(/"code" ?: ?"0x([0-9a-f]*)"/g))
          if (code.length > 2 && code.length <= 2 * codeSizeMax) codes.add(code);
    }
  };
  look(fixtures);
  return [...codes].map((code) => Array.from(Buffer.from(code, 'hex')));
}

const self = '0x00000000000000000000000000000000000c0de0';
const caller = '0x00000000000000000000000000000000000ca11e';
const helper = (index) => numberToHex(0xbeef00 + index, { size: 20 });
const lender = numberToHex(0x1e4de2, { size: 20 });

export const block = {
  number: '0x3e8',
  timestamp: '0x6b49d200',
  gasLimit: '0x1c9c380',
  coinbase: '0x00000000000000000000000000000000c01ba5e0',
  baseFee: '0x7',
  prevRandao: `0x${'5a'.repeat(32)}`,
  chainId: '0x1',
};

const account = (balance, code = '0x', storage = {}, nonce = 1) => ({
  ...{ balance: numberToHex(balance), nonce: numberToHex(nonce) },
  ...{ code, storage },
});

/** Whom a program may call: the templates' contracts, and an account that lends itself one. */
const neighbours = {
  [caller]: account(10n ** 18n),
  [lender]: account(5, `0xef0100${helper(2).slice(2)}`),
  ...Object.fromEntries(templates.map((code, i) => [helper(i), account(i, hexOf(code))])),
};

/** Where the instructions of a program begin. */
function instructions(code) {
  const out = [];
  for (let at = 0; at < code.length; ++at) {
    out.push(at);
    if (code[at] >= 0x60 && code[at] < 0x80) at += code[at] - 0x5f;
  }
  return out;
}

export class Mutants {
  constructor(random, codes) {
    this.random = random;
    this.codes = codes;
    const addresses = Object.keys(neighbours);
    this.programs = new Programs(random, () => addresses);
  }

  /** Opcodes as they come: pushes of something small before most of them. */
  soup() {
    const { below, hex } = this.random;
    const out = [];
    for (let i = 2 + below(40); i > 0; --i) {
      for (let k = below(4); k > 0; --k) out.push(0x60, below(100));
      out.push(below(4) === 0 ? below(256) : below(0x60), ...(below(8) === 0 ? [0x5b] : []));
    }
    return below(10) === 0 ? Array.from(Buffer.from(hex(below(80)).slice(2), 'hex')) : out;
  }

  original() {
    const { below, pick } = this.random;
    const kind = below(10);
    if (kind < 5 && this.codes.length > 0) return pick(this.codes);
    return kind < 9 ? this.programs.program() : this.soup();
  }

  /** Changes `code` in one place. */
  mutate(code) {
    const { below, pick, hex } = this.random;
    const starts = instructions(code);
    const at = pick(starts);
    const end = starts.find((start) => start > at) ?? code.length;
    const [before, here, after] = [code.slice(0, at), code.slice(at, end), code.slice(end)];
    switch (pick([0, 1, 1, 1, 2, 2, 3, 4, 5, 5, 5, 6, 7, 8])) {
      case 0:
        return [...before, below(256), ...here.slice(1), ...after];
      case 1: {
        const others = alike.find((group) => group.includes(here[0])) ?? [0x5b];
        return [...before, pick(others), ...here.slice(1), ...after];
      }
      case 2:
        return [...before, here[0], ...here.slice(1).map(() => below(256)), ...after];
      case 3:
        return [...before, ...after];
      case 4:
        return [...before, ...here, ...here, ...after];
      case 5:
        return [...before, ...this.programs.statement(at, 1), ...here, ...after];
      case 6:
        return below(4) === 0 ? code.slice(0, below(code.length) + 1) : [...before, 0x5f, ...after];
      case 7:
        return [...before, ...Buffer.from(hex(1 + below(3)).slice(2), 'hex'), ...here, ...after];
      default:
        return [...before, ...pick([this.original(), this.soup()]).slice(0, codeSizeMax), ...after];
    }
  }

  gas() {
    const { below } = this.random;
    const kind = below(10);
    if (kind === 0) return below(3_000);
    return kind < 6 ? below(200_000) : below(1_000_000);
  }

  input() {
    const { below, pick, hex } = this.random;
    const kind = below(5);
    if (kind === 0) return '0x';
    if (kind === 1) return numberToHex(pick(precompiles), { size: 32 });
    return kind === 2 ? numberToHex(this.programs.word(), { size: 32 }) : hex(below(100));
  }

  storage() {
    const { below } = this.random;
    const slots = Array.from({ length: below(4) }, () => below(6));
    return Object.fromEntries(
      slots.map((slot) => [numberToHex(slot), numberToHex(this.programs.word() || 1n)]),
    );
  }

  /** A program in its world, as plume-vm wants it. */
  next() {
    const { below, pick } = this.random;
    let code = this.original();
    for (let i = pick([0, 1, 1, 1, 2, 3]); i > 0 && code.length > 0; --i) code = this.mutate(code);
    // No account has code that begins with 0xef, but for delegations (EIP-3541, EIP-7702).
    if (code[0] === 0xef) code[0] = 0x5b;
    const own = account(1_000, hexOf(code.slice(0, 24_576)), this.storage());
    return {
      ...{ from: caller, to: self, value: numberToHex(below(3) === 0 ? below(50) : 0) },
      ...{ gas: numberToHex(this.gas()), input: this.input(), pre: { ...neighbours, [self]: own } },
    };
  }
}
