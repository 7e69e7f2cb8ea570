// A small mission on a development chain: a record, a currency, a vault with three tranches. What
// is called is known by name only; the ABIs come from `plume describe`.
import { encodeAbiParameters, encodeFunctionData, parseEventLogs, stringToHex } from 'viem';
import { keccak256, zeroAddress, zeroHash } from 'viem';

import { describe, testAccount } from './node.mjs';
import { transact } from './wallet.mjs';

const [votes, transferable, mintable] = [1, 4, 8];

const abis = new Map();

/** The ABI of a native contract, asked for once. */
export async function abiOf(contract) {
  if (!abis.has(contract)) abis.set(contract, await describe(contract));
  return abis.get(contract);
}

/** Attests a record about nobody in particular and resolves to its uid. */
export async function attest(node, account, text) {
  const abi = await abiOf('Attestations');
  const to = node.contracts.attestations;
  const uidOf = (receipt, eventName, field) =>
    parseEventLogs({ abi, logs: receipt.logs, eventName })[0].args[field];

  const schema = `string ${text.replaceAll(/\W/g, '')}`;
  const registered = await transact(node, account, {
    to,
    abi,
    call: ['register', [schema, zeroAddress, true]],
  });
  const request = {
    schema: uidOf(registered, 'Registered', 'uid'),
    data: {
      recipient: zeroAddress,
      expirationTime: 0n,
      revocable: true,
      refUID: zeroHash,
      data: encodeAbiParameters([{ type: 'string' }], [text]),
      value: 0n,
    },
  };
  const attested = await transact(node, account, { to, abi, call: ['attest', [request]] });
  return uidOf(attested, 'Attested', 'uid');
}

/** Launches the template with its constructor's arguments; resolves to the instance's address. */
export async function launch(node, account, template, type, values) {
  const constructor = (await abiOf(type)).find((entry) => entry.type === 'constructor');
  const abi = await abiOf('Launcher');
  const receipt = await transact(node, account, {
    to: node.contracts.launcher,
    abi,
    call: [
      'launch',
      [stringToHex(template, { size: 32 }), encodeAbiParameters(constructor.inputs, values)],
    ],
  });
  return parseEventLogs({ abi, logs: receipt.logs, eventName: 'Launched' })[0].args.instance;
}

/** Launches an AssetToken with a record of its own; all of the supply is the issuer's. */
export async function launchToken(node, { name, symbol, decimals, supply, issuer, mintable }) {
  const founder = testAccount(0);
  const record = await attest(node, founder, `record of ${symbol}`);
  const params = { name, symbol, decimals, record, issuer, initialSupply: supply, mintable };
  return launch(node, founder, 'AssetToken', 'AssetToken', [params]);
}

/** Launches a token that votes, with a record of its own; the issuer may mint, nobody else anything. */
export async function launchRegulatedToken(node, { name, symbol, decimals, issuer }) {
  const founder = testAccount(0);
  const nobody = zeroAddress;
  const params = {
    name,
    symbol,
    decimals,
    record: await attest(node, founder, `record of ${symbol}`),
    contractURI: '',
    holder: nobody,
    initialSupply: 0n,
    features: { on: votes | transferable | mintable, later: 0 },
    powers: {
      mint: issuer,
      freeze: nobody,
      force: nobody,
      recover: nobody,
      policy: nobody,
      metadata: nobody,
      split: nobody,
      enable: nobody,
    },
    rules: {
      sendDomain: zeroHash,
      receiveDomain: zeroHash,
      countryRule: 0,
      countries: [],
      balanceMax: 0n,
      supplyMax: 0n,
      lockedUntil: 0n,
    },
  };
  return launch(node, founder, 'AssetToken.Regulated', 'RegulatedToken', [params]);
}

/** Launches a currency whose supply of 10^12 units the issuer holds: {address, abi}. */
export async function launchCurrency(node, issuer) {
  const address = await launchToken(node, {
    name: 'Community Dollar',
    symbol: 'cUSD',
    decimals: 6,
    supply: 10n ** 12n,
    issuer: issuer.address,
    mintable: false,
  });
  return { address, abi: await abiOf('AssetToken') };
}

/** A condition that is true from the given second on. */
async function after(node, time) {
  const data = encodeFunctionData({
    abi: await abiOf('Conditions'),
    functionName: 'after_',
    args: [time],
  });
  return { target: node.contracts.conditions, data };
}

const never = 2n ** 40n;
const year = 31_536_000n;
const now = () => BigInt(Math.floor(Date.now() / 1000));

/**
 * Founds the mission: {founder, teacher, donors, currency, vault}. The goal is 6,000 units; tranche
 * 0 (1,000) can be released once the goal is reached, tranches 1 (2,000) and 2 (3,000) cannot. Each
 * donor holds 10,000.
 */
export async function foundMission(node) {
  const [founder, teacher, ...donors] = [0, 1, 2, 3, 4].map(testAccount);
  const { address: currency, abi } = await launchCurrency(node, founder);
  for (const { address } of donors)
    await transact(node, founder, { to: currency, abi, call: ['transfer', [address, 10_000n]] });

  const tranche = async (amount, condition) => ({
    amount,
    payees: [{ to: teacher.address, amount }],
    opensAt: 0n,
    deadline: now() + 2n * year,
    challenge: 0,
    criteria: keccak256(stringToHex(`pays ${amount}`)),
    release: condition,
    cancel: { target: zeroAddress, data: '0x' },
  });
  const terms = {
    name: 'Mission share',
    symbol: 'SHARE',
    asset: currency,
    record: await attest(node, founder, 'mission'),
    purpose: zeroHash,
    steward: founder.address,
    fundingDeadline: now() + year,
  };
  const plan = [
    await tranche(1_000n, await after(node, 1n)),
    await tranche(2_000n, await after(node, never)),
    await tranche(3_000n, await after(node, never)),
  ];
  const vault = await launch(node, founder, 'Vault.Milestone', 'Vault', [terms, plan, true]);
  return { founder, teacher, donors, currency, vault };
}
