// What tests do between their checks: read a contract and send it transactions, with viem.
import assert from 'node:assert/strict';

import { BaseError, ContractFunctionRevertedError, createPublicClient } from 'viem';
import { createWalletClient, getAddress, http } from 'viem';
import { foundry } from 'viem/chains';

import { rpc } from './rpc.mjs';

/** viem's client for reading from a node that startPlume or startAnvil started. */
export const reader = ({ rpc }) =>
  createPublicClient({ chain: foundry, transport: http(rpc), pollingInterval: 20, cacheTime: 0 });

/** viem's client for writing as the account. */
export const writer = ({ rpc }, account) =>
  createWalletClient({ chain: foundry, transport: http(rpc), account });

/**
 * Sends a transaction, {to, value} or {to, abi, call: [name, arguments]}, and waits for its
 * receipt, which must say that it succeeded.
 */
export async function transact(node, account, { to, value, abi, call }) {
  const client = writer(node, account);
  const hash = call
    ? await client.writeContract({ address: to, abi, functionName: call[0], args: call[1], value })
    : await client.sendTransaction({ to, value });
  const receipt = await reader(node).waitForTransactionReceipt({ hash });
  if (receipt.status !== 'success') throw new Error(`${call?.[0] ?? 'transfer'} failed in ${hash}`);
  return receipt;
}

/** The error a call ends with: {errorName, args}, or {raw} when the ABI does not know it. */
export async function revertOf(call) {
  const error = await call.then(
    () => assert.fail('the call should have been refused'),
    (refused) => refused,
  );
  assert.ok(error instanceof BaseError, error);
  const reverted = error.walk((cause) => cause instanceof ContractFunctionRevertedError);
  assert.ok(reverted, error.message);
  if (!reverted.data) return { raw: reverted.raw };
  const { errorName, args } = reverted.data;
  return { errorName, args };
}

/** Somebody with a key, on a node. The contracts they deal with are {address, abi}. */
export class Person {
  constructor(node, account) {
    this.node = node;
    this.account = account;
    this.address = account.address;
    this.reader = reader(node);
    this.writer = writer(node, account);
  }

  /** Creates a contract of its creation code, {abi, bytecode}. */
  async deploy({ abi, bytecode }, args = []) {
    const receipt = await this.settled(this.writer.deployContract({ abi, bytecode, args }));
    return { address: getAddress(receipt.contractAddress), abi };
  }

  /** Calls a method by a transaction; resolves to its receipt. */
  send({ address, abi }, functionName, args = [], options = {}) {
    return this.settled(
      this.writer.writeContract({ address, abi, functionName, args, ...options }),
    );
  }

  read({ address, abi }, functionName, args = []) {
    return this.reader.readContract({
      address,
      abi,
      functionName,
      args,
      account: this.address,
    });
  }

  /** How a method refuses the person, as revertOf tells it. */
  refusal({ address, abi }, functionName, args = [], options = {}) {
    const account = this.account;
    return revertOf(
      this.reader.simulateContract({ address, abi, functionName, args, account, ...options }),
    );
  }

  /** The receipt of a transaction, given its hash, which must say that it succeeded. */
  async settled(sent) {
    const receipt = await this.reader.waitForTransactionReceipt({ hash: await sent });
    assert.equal(receipt.status, 'success', `transaction ${receipt.transactionHash}`);
    return receipt;
  }
}

/** Lets the development chain's clock run on by so many seconds, and makes a block. */
export async function pass(node, seconds) {
  await rpc(node.rpc, 'evm_increaseTime', [seconds]);
  await rpc(node.rpc, 'evm_mine');
}
