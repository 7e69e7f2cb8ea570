// The EVM of @ethereumjs in this process, asked as plume-vm is (tests/differential/plume_vm.cpp):
// the same questions in, the same answers out.
import { Common, Mainnet } from '@ethereumjs/common';
import { createEVM } from '@ethereumjs/evm';
import { SimpleStateManager } from '@ethereumjs/statemanager';
import { Account, setLengthLeft } from '@ethereumjs/util';
import { bytesToHex, createAddressFromString, hexToBytes } from '@ethereumjs/util';

import { precompiles } from './programs.mjs';

const quantity = (value) => `0x${value.toString(16)}`;
const bytesOf = (value) => hexToBytes(value.length % 2 === 0 ? value : `0x0${value.slice(2)}`);
const number = (bytes) => (bytes.length === 0 ? 0n : BigInt(bytesToHex(bytes)));
const plain = (address) => address.toString().slice(2);

/** What is not in this EVM: its answer to a program that comes upon it says nothing. */
const isMissing = (error) => /kzg not initialized/i.test(error.message);

const headerOf = (block) => ({
  number: BigInt(block.number),
  timestamp: BigInt(block.timestamp),
  gasLimit: BigInt(block.gasLimit),
  coinbase: createAddressFromString(block.coinbase),
  baseFeePerGas: BigInt(block.baseFee),
  prevRandao: hexToBytes(block.prevRandao),
  difficulty: 0n,
  getBlobGasPrice: () => 1n,
});

export class OtherEvm {
  /** An EVM in the given block, whose ancestors have the hash 0. */
  static async create(block, hardfork) {
    const out = new OtherEvm();
    const common = new Common({ chain: Mainnet, hardfork });
    out.state = new SimpleStateManager({ common });
    out.evm = await createEVM({ common, stateManager: out.state });
    out.block = { header: headerOf(block) };
    return out;
  }

  async put(pre) {
    for (const [name, { balance, nonce, code, storage }] of Object.entries(pre)) {
      const address = createAddressFromString(name);
      await this.state.putAccount(address, new Account(BigInt(nonce), BigInt(balance)));
      if (code !== '0x') await this.state.putCode(address, hexToBytes(code));
      for (const [slot, value] of Object.entries(storage))
        await this.state.putStorage(address, setLengthLeft(bytesOf(slot), 32), bytesOf(value));
    }
  }

  warmUp(addresses) {
    const { journal } = this.evm;
    for (const each of precompiles)
      if (each !== 0 && each !== 0x12)
        journal.addAlwaysWarmAddress(each.toString(16).padStart(40, '0'));
    for (const address of addresses) journal.addAlwaysWarmAddress(plain(address));
  }

  /** All accounts, as they come in and go out, in the order of addresses. */
  post() {
    const out = {};
    const accounts = this.state.topAccountStack();
    for (const address of [...accounts.keys()].sort()) {
      const account = accounts.get(address);
      if (account === undefined) continue;
      const code = this.state.topCodeStack().get(address) ?? new Uint8Array(0);
      out[address] = {
        balance: quantity(account.balance),
        nonce: quantity(account.nonce),
        code: bytesToHex(code),
        storage: {},
      };
    }
    for (const [key, bytes] of this.state.topStorageStack()) {
      const [address, slot] = key.split('_');
      const value = number(bytes);
      if (value !== 0n && out[address])
        out[address].storage[quantity(BigInt(slot))] = quantity(value);
    }
    return out;
  }

  /** Deletes what was created and destroyed within the program (EIP-6780). */
  async bury({ selfdestruct, createdAddresses }) {
    for (const address of selfdestruct?.keys() ?? [])
      if (createdAddresses?.has(address))
        await this.evm.journal.deleteAccount(createAddressFromString(address));
  }

  async execute({ pre, from, to, value, gas, input }) {
    await this.put(pre);
    const caller = createAddressFromString(from);
    const recipient = createAddressFromString(to);
    this.warmUp([caller, recipient, this.block.header.coinbase]);
    const { execResult: result } = await this.evm.runCall({
      ...{ caller, to: recipient, origin: caller, block: this.block },
      ...{ value: BigInt(value), gasLimit: BigInt(gas), data: hexToBytes(input) },
      ...{ gasPrice: this.block.header.baseFeePerGas, skipNonceIncrement: true },
    });
    await this.bury(result);
    await this.evm.journal.cleanup();
    const error = result.exceptionError?.error;
    const failure = error === 'revert' ? 'revert' : 'failure';
    return {
      status: error === undefined ? 'success' : failure,
      gas: quantity(BigInt(gas) - result.executionGasUsed),
      refund: Number(result.gasRefund ?? 0n),
      output: bytesToHex(result.returnValue),
      logs: (result.logs ?? []).map(([address, topics, data]) => ({
        address: bytesToHex(address),
        topics: topics.map(bytesToHex),
        data: bytesToHex(data),
      })),
      post: this.post(),
    };
  }

  /** The answer to a program; null when that asks for what this EVM does not have. */
  async run(program) {
    const depth = this.state.accountStack.length;
    await this.state.checkpoint();
    try {
      return await this.execute(program);
    } catch (error) {
      if (!isMissing(error)) throw error;
      this.evm.journal.cleanJournal();
      this.evm.transientStorage.clear();
      return null;
    } finally {
      this.state.originalStorageCache.clear();
      // The calls around the one that was thrown out of are still open.
      while (this.state.accountStack.length > depth) await this.state.revert();
    }
  }

  /**
   * Whether the program comes upon something that this EVM is known to do wrong: it takes init code
   * that begins with 0xef00 for the EVM Object Format, which no revision has, and does not run it.
   */
  async isMistakenOn(program) {
    let found = false;
    const look = ({ opcode, stack, memory }, done) => {
      if (opcode.name.startsWith('CREATE')) {
        const at = Number(stack[stack.length - 2]);
        found ||= memory[at] === 0xef && memory[at + 1] === 0x00;
      }
      done?.();
    };
    this.evm.events.on('step', look);
    await this.run(program);
    this.evm.events.off('step', look);
    return found;
  }
}
