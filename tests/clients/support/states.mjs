// The whole state of anvil against the whole state of Plume: account by account, and then by the
// root, which also sees what Plume has and anvil has not.
import { gunzipSync } from 'node:zlib';

import { MerklePatriciaTrie } from '@ethereumjs/mpt';
import { RLP } from '@ethereumjs/rlp';
import { hexToBytes } from '@ethereumjs/util';
import { keccak256, numberToHex, toHex } from 'viem';

import { differences } from './differences.mjs';
import { rpc, rpcBatch } from './rpc.mjs';

const number = (value) => numberToHex(BigInt(value));
/** As RLP wants numbers: without leading zeros. */
const trimmed = (value) => (BigInt(value) === 0n ? '0x' : toHex(BigInt(value)));

/** The root of a trie whose keys are hashed. */
async function rootOf(entries) {
  const trie = new MerklePatriciaTrie({ useKeyHashing: true });
  for (const [key, value] of entries) await trie.put(hexToBytes(key), value);
  return toHex(trie.root());
}

/** All accounts of anvil, as eth_getProof would tell of them. */
async function anvilAccounts(url) {
  const dump = await rpc(url, 'anvil_dumpState', []);
  const { accounts } = JSON.parse(gunzipSync(hexToBytes(dump)).toString());
  const out = new Map();
  for (const [address, { nonce, balance, code, storage }] of Object.entries(accounts)) {
    const slots = Object.entries(storage).filter(([, value]) => BigInt(value) !== 0n);
    const isEmpty = nonce === 0 && BigInt(balance) === 0n && code === '0x';
    if (isEmpty && slots.length === 0) continue;
    out.set(address.toLowerCase(), {
      nonce: number(nonce),
      balance: number(balance),
      codeHash: keccak256(code),
      storageHash: await rootOf(
        slots.map(([slot, value]) => [
          numberToHex(BigInt(slot), { size: 32 }),
          RLP.encode(trimmed(value)),
        ]),
      ),
    });
  }
  return out;
}

async function plumeAccounts(url, addresses) {
  const calls = addresses.map((address) => ['eth_getProof', [address, [], 'latest']]);
  const proofs = await rpcBatch(url, calls, 100);
  return new Map(
    proofs.map(({ nonce, balance, codeHash, storageHash }, i) => [
      addresses[i],
      { nonce, balance, codeHash, storageHash },
    ]),
  );
}

const encode = ({ nonce, balance, storageHash, codeHash }) =>
  RLP.encode([trimmed(nonce), trimmed(balance), storageHash, codeHash]);

/**
 * Where the states differ, or null. What is at the addresses `apart` is not compared: the two
 * chains begin with different contracts there.
 */
export async function compareStates(plume, anvil, apart) {
  const right = await anvilAccounts(anvil);
  for (const address of apart) right.delete(address.toLowerCase());
  const left = await plumeAccounts(plume, [...right.keys()]);
  const different = differences(Object.fromEntries(left), Object.fromEntries(right));
  if (different) return { different };

  const all = [...left, ...(await plumeAccounts(plume, apart))];
  const root = await rootOf(all.map(([address, account]) => [address, encode(account)]));
  const { stateRoot } = await rpc(plume, 'eth_getBlockByNumber', ['latest', false]);
  return {
    different: differences({ stateRoot }, { stateRoot: root }),
    accounts: right.size,
  };
}
