// What tests do between their checks: read a contract and send it transactions, with viem.
import { createPublicClient, createWalletClient, http } from 'viem';
import { foundry } from 'viem/chains';

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
