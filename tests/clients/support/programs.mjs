// Random bytecode that does something: statements that keep the stack in order most of the time, so
// that a program gets far before it ends, and raw bytes now and then, so that it also goes wrong.

/** Opcodes by name, as far as they are spoken of here. */
export const op = {
  STOP: 0x00,
  ADD: 0x01,
  SUB: 0x03,
  KECCAK256: 0x20,
  ADDRESS: 0x30,
  BALANCE: 0x31,
  CALLER: 0x33,
  CALLDATALOAD: 0x35,
  CALLDATASIZE: 0x36,
  CALLDATACOPY: 0x37,
  CODESIZE: 0x38,
  CODECOPY: 0x39,
  EXTCODESIZE: 0x3b,
  EXTCODECOPY: 0x3c,
  RETURNDATASIZE: 0x3d,
  RETURNDATACOPY: 0x3e,
  EXTCODEHASH: 0x3f,
  POP: 0x50,
  MLOAD: 0x51,
  MSTORE: 0x52,
  MSTORE8: 0x53,
  SLOAD: 0x54,
  SSTORE: 0x55,
  JUMP: 0x56,
  JUMPI: 0x57,
  GAS: 0x5a,
  JUMPDEST: 0x5b,
  TLOAD: 0x5c,
  TSTORE: 0x5d,
  MCOPY: 0x5e,
  PUSH0: 0x5f,
  DUP1: 0x80,
  SWAP1: 0x90,
  LOG0: 0xa0,
  CREATE: 0xf0,
  CALL: 0xf1,
  CALLCODE: 0xf2,
  RETURN: 0xf3,
  DELEGATECALL: 0xf4,
  CREATE2: 0xf5,
  STATICCALL: 0xfa,
  REVERT: 0xfd,
  INVALID: 0xfe,
  SELFDESTRUCT: 0xff,
};

const words = [
  0n,
  1n,
  2n,
  31n,
  32n,
  33n,
  255n,
  256n,
  0xffffn,
  1n << 31n,
  1n << 63n,
  (1n << 64n) - 1n,
  1n << 64n,
  1n << 128n,
  1n << 255n,
  (1n << 255n) - 1n,
  (1n << 256n) - 2n,
  (1n << 256n) - 1n,
];

/** By how many words they take; each leaves one. */
const unary = [0x15, 0x19, 0x1e, 0x35, 0x31, 0x3b, 0x3f, 0x49, 0x51, 0x54, 0x5c];
const binary = [
  0x01, 0x02, 0x03, 0x04, 0x05, 0x06, 0x07, 0x0a, 0x0b, 0x10, 0x11, 0x12, 0x13, 0x14, 0x16, 0x17,
  0x18, 0x1a, 0x1b, 0x1c, 0x1d,
];
const ternary = [0x08, 0x09];
/** What says where we are. Not PREVRANDAO, which depends on the hash of the block before. */
const surroundings = [
  0x30, 0x32, 0x33, 0x34, 0x36, 0x38, 0x3a, 0x3d, 0x41, 0x42, 0x43, 0x45, 0x46, 0x47, 0x48, 0x4a,
  0x58, 0x59, 0x5a,
];

/** Instructions that take and leave alike, so that one can stand for the other. */
export const alike = [
  unary,
  binary,
  ternary,
  surroundings,
  [op.SSTORE, op.TSTORE, op.MSTORE, op.MSTORE8, op.LOG0],
  [op.CALLDATACOPY, op.CODECOPY, op.RETURNDATACOPY, op.MCOPY, op.LOG0 + 1],
  [op.CALL, op.CALLCODE],
  [op.DELEGATECALL, op.STATICCALL],
  [op.RETURN, op.REVERT],
];

const bytesOf = (hex) => Array.from(Buffer.from(hex.slice(2), 'hex'));
export const hexOf = (bytes) => `0x${Buffer.from(bytes).toString('hex')}`;

/** The shortest PUSH of a number. */
export function push(value) {
  let digits = BigInt(value).toString(16);
  if (digits === '0') return [op.PUSH0];
  if (digits.length % 2 === 1) digits = `0${digits}`;
  const bytes = bytesOf(`0x${digits}`);
  return [op.PUSH0 + bytes.length, ...bytes];
}

/** Init code that deploys `code`. */
export function deploying(code) {
  const head = (offset) => [
    ...[0x61, code.length >> 8, code.length & 0xff, op.DUP1, 0x60, offset, op.PUSH0, op.CODECOPY],
    ...[op.PUSH0, op.RETURN],
  ];
  return [...head(head(0).length), ...code];
}

/**
 * Writes programs from `random` (support/random.mjs). `addresses()` lists whom they may call, as
 * hex strings; precompiles and the program itself come on top.
 */
export class Programs {
  constructor(random, addresses) {
    this.random = random;
    this.addresses = addresses;
  }

  word() {
    const { below, pick, hex } = this.random;
    switch (below(6)) {
      case 0:
        return pick(words);
      case 1:
        return BigInt(hex(32));
      case 2:
        return BigInt(hex(1 + below(20)));
      default:
        return BigInt(below(300));
    }
  }

  /** Code that leaves an address on the stack. */
  someone() {
    const { below, pick } = this.random;
    const others = this.addresses();
    const kind = below(12);
    if (kind === 0) return [op.ADDRESS];
    if (kind === 1) return [op.CALLER];
    if (kind <= 4 || others.length === 0) return push(pick(precompiles));
    if (kind === 5) return push(this.word());
    return [0x73, ...bytesOf(pick(others))];
  }

  /** Code that leaves one word on the stack. */
  expression(depth = 3) {
    const { below, pick } = this.random;
    const more = () => this.expression(depth - 1);
    const kind = depth === 0 ? below(3) : below(10);
    if (kind < 2) return push(this.word());
    if (kind === 2) return [pick(surroundings)];
    if (kind === 3) return this.someone();
    if (kind < 6) {
      const code = pick(unary);
      // What reads memory must not ask for more of it than gas can buy, most of the time.
      return [...(code === op.MLOAD ? this.offset() : more()), code];
    }
    if (kind < 9) return [...more(), ...more(), pick(binary)];
    return [...more(), ...more(), ...more(), pick(ternary)];
  }

  /** Code that leaves an offset into memory, or a size. */
  offset() {
    const { below } = this.random;
    const kind = below(40);
    if (kind === 0) return this.expression(1);
    if (kind === 1) return push(below(100_000));
    return push(below(kind < 20 ? 64 : 400));
  }

  range() {
    return [...this.offset(), ...this.offset()];
  }

  slot() {
    const { below } = this.random;
    return below(8) === 0 ? this.expression(1) : push(below(6));
  }

  gas() {
    const { below } = this.random;
    const kind = below(10);
    if (kind < 6) return [op.GAS];
    return kind < 8 ? push(below(60_000)) : this.expression(1);
  }

  value() {
    const { below } = this.random;
    const kind = below(10);
    if (kind < 7) return [op.PUSH0];
    return kind < 9 ? push(below(20)) : this.expression(1);
  }

  /** A call of someone, whose success is stored or forgotten. */
  call() {
    const { below, pick } = this.random;
    const kind = pick([op.CALL, op.CALL, op.CALLCODE, op.DELEGATECALL, op.STATICCALL]);
    const pays = kind === op.CALL || kind === op.CALLCODE;
    const done = below(2) === 0 ? [op.POP] : [...this.slot(), op.SSTORE];
    return [
      ...this.range(),
      ...this.range(),
      ...(pays ? this.value() : []),
      ...this.someone(),
      ...this.gas(),
      kind,
      ...done,
    ];
  }

  /** A call of a precompile with an input that makes sense to it, some of the time. */
  precompile() {
    const { below, pick, hex } = this.random;
    const size = pick([0, 32, 64, 96, 128, 160, 192, 213, 256, 384]);
    const input = [];
    for (let at = 0; at < size; at += 32) {
      const word = below(3) === 0 ? bytesOf(hex(32)) : push(below(40)).slice(1);
      const code = word.length === 0 ? [op.PUSH0] : [op.PUSH0 + word.length, ...word];
      input.push(...code, ...push(at), op.MSTORE);
    }
    const call = [...push(below(128)), ...push(0), ...push(size), ...push(0)];
    return [
      ...input,
      ...call,
      ...push(pick(precompiles)),
      ...this.gas(),
      op.STATICCALL,
      ...this.slot(),
      op.SSTORE,
    ];
  }

  /** A creation from bytes that are written to memory first; the address is stored or called. */
  creation(depth) {
    const { below } = this.random;
    const init = this.initCode(depth - 1).slice(0, 320);
    const writes = [];
    for (let at = 0; at < init.length; at += 32) {
      const part = init.slice(at, at + 32);
      const padded = [...part, ...Array(32 - part.length).fill(0)];
      writes.push(0x7f, ...padded, ...push(at), op.MSTORE);
    }
    const isCreate2 = below(2) === 0;
    const salt = isCreate2 ? push(below(3)) : [];
    const made = [...salt, ...push(init.length), op.PUSH0, ...this.value()];
    const create = isCreate2 ? op.CREATE2 : op.CREATE;
    const used =
      below(2) === 0
        ? [...this.slot(), op.SSTORE]
        : [...Array(5).fill(op.PUSH0), ...[0x85, ...this.gas(), op.CALL, op.POP, op.POP]];
    return [...writes, ...made, create, ...used];
  }

  /** `body`, a few times over. `at` is where the loop begins. */
  loop(at, body) {
    const { below } = this.random;
    const count = push(1 + below(12));
    const start = at + count.length;
    return [
      ...count,
      op.JUMPDEST,
      ...body(start + 1),
      ...[...push(1), op.SWAP1, op.SUB, op.DUP1],
      ...[0x61, start >> 8, start & 0xff, op.JUMPI, op.POP],
    ];
  }

  memory() {
    const { pick } = this.random;
    switch (pick([0, 0, 1, 2, 3, 4, 5, 6])) {
      case 0:
        return [...this.expression(), ...this.offset(), op.MSTORE];
      case 1:
        return [...this.expression(), ...this.offset(), op.MSTORE8];
      case 2:
        return [...this.offset(), ...this.range(), op.MCOPY];
      case 3:
        return [...this.offset(), ...this.range(), op.CALLDATACOPY];
      case 4:
        return [...this.offset(), ...this.range(), op.CODECOPY];
      case 5:
        return [...this.offset(), ...this.range(), ...this.someone(), op.EXTCODECOPY];
      default:
        return [op.RETURNDATASIZE, op.PUSH0, ...this.offset(), op.RETURNDATACOPY];
    }
  }

  log() {
    const topics = this.random.below(5);
    const all = Array.from({ length: topics }, () => this.expression(1)).flat();
    return [...all, ...this.range(), op.LOG0 + topics];
  }

  /** Raw bytes: undefined opcodes, jumps anywhere, too little on the stack. */
  noise() {
    const { below, hex } = this.random;
    return bytesOf(hex(1 + below(4)));
  }

  /** One statement at position `at`. */
  statement(at, depth) {
    const { below } = this.random;
    const kind = below(100);
    if (kind < 18) return [...this.expression(), ...this.slot(), op.SSTORE];
    if (kind < 26) return [...this.expression(), op.POP];
    if (kind < 31) return [...this.expression(), ...this.slot(), op.TSTORE];
    if (kind < 49) return this.memory();
    if (kind < 54) return [...this.range(), op.KECCAK256, ...this.slot(), op.SSTORE];
    if (kind < 62) return this.log();
    if (kind < 78) return this.call();
    if (kind < 82) return this.precompile();
    if (kind < 88) return depth > 0 ? this.creation(depth) : this.log();
    if (kind < 95) return this.loop(at, (start) => this.statements(start, 1 + below(2), depth));
    if (kind < 97) return [...this.someone(), op.SELFDESTRUCT];
    return this.noise();
  }

  statements(at, count, depth) {
    const out = [];
    for (let i = 0; i < count; ++i) out.push(...this.statement(at + out.length, depth));
    return out;
  }

  end() {
    const { below } = this.random;
    const kind = below(10);
    if (kind < 4) return [op.STOP];
    if (kind < 8) return [...this.range(), op.RETURN];
    return kind < 9 || this.random.below(4) > 0 ? [...this.range(), op.REVERT] : [op.INVALID];
  }

  /** A contract's code. */
  program(depth = 2) {
    const { below } = this.random;
    return [...this.statements(0, 1 + below(10), depth), ...this.end()];
  }

  /** Init code: deploys a program, after some statements or not, or is one itself. */
  initCode(depth = 2) {
    const { below } = this.random;
    const kind = below(10);
    if (kind < 6) return deploying(this.program(depth));
    if (kind < 7) return this.program(depth);
    if (kind < 8) return deploying([0xef, ...this.program(0)]);
    const before = this.statements(0, 1 + below(3), depth);
    const code = this.program(depth);
    const offset = before.length + 12;
    const size = [code.length >> 8, code.length & 0xff];
    return [
      ...before,
      ...[0x61, ...size, op.DUP1, 0x61, offset >> 8, offset & 0xff, op.PUSH0, op.CODECOPY],
      ...[op.PUSH0, op.RETURN, op.INVALID],
      ...code,
    ];
  }
}

/** All of Osaka's, and the addresses beside them. */
export const precompiles = [...Array.from({ length: 0x13 }, (_, index) => index), 0x100];
