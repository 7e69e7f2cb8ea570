// Checks the answer of eth_getProof with the trie of @ethereumjs, which knows nothing of Plume.

import { MerklePatriciaTrie, verifyMPTWithMerkleProof } from '@ethereumjs/mpt';
import { Account, createAccountFromRLP, hexToBytes, setLengthLeft } from '@ethereumjs/util';
import { RLP } from '@ethereumjs/rlp';
import { keccak256, toHex, numberToHex } from 'viem';

const emptyNode = '0x80';
const emptyRoot = keccak256(emptyNode);

const nodes = (proof) => proof.map((node) => hexToBytes(node));

/** The value that the proof shows at the key, or null when it shows that there is none. */
async function provenValue(root, key, proof) {
  // An empty trie has no node to show; some nodes show its encoding.
  if (root === emptyRoot && proof.every((node) => node === emptyNode)) return null;
  const trie = new MerklePatriciaTrie({ useKeyHashing: true });
  return verifyMPTWithMerkleProof(trie, hexToBytes(root), hexToBytes(key), nodes(proof));
}

/**
 * Holds an eth_getProof answer against a state root: the account's fields and each slot's value are
 * what the proofs show. Throws when one is not.
 */
export async function verifyProof(stateRoot, answer) {
  const encoded = await provenValue(stateRoot, answer.address, answer.accountProof);
  const account = encoded ? createAccountFromRLP(encoded) : new Account();
  const shown = {
    nonce: numberToHex(account.nonce),
    balance: numberToHex(account.balance),
    storageHash: toHex(account.storageRoot),
    codeHash: toHex(account.codeHash),
  };
  for (const [field, value] of Object.entries(shown))
    if (answer[field] !== value)
      throw new Error(`${field} is ${answer[field]}, the proof shows ${value}`);

  for (const { key, value, proof } of answer.storageProof) {
    const slot = toHex(setLengthLeft(hexToBytes(numberToHex(BigInt(key), { size: 32 })), 32));
    const word = await provenValue(answer.storageHash, slot, proof);
    const number = word ? BigInt(toHex(RLP.decode(word))) : 0n;
    if (BigInt(value) !== number)
      throw new Error(`slot ${key} is ${value}, the proof shows ${number}`);
  }
}
