// What two implementations of debug_trace... may say differently, taken away before they are
// compared. geth's documentation and its own answers decide where Plume and anvil 1.7.1 differ:
//
//   outermost gas   the transaction's gas limit (geth); anvil leaves out the intrinsic price
//   logs            anvil numbers them, too
//   error           anvil says which gas ran out and which opcode was invalid
//   prestate        anvil has accounts that were empty before; Plume and geth on demand
//   CREATE          costs its own price (geth); anvil adds the gas that the init code is given
//   absent members  geth leaves out what is empty or 0

const plainError = (error) =>
  /^out of gas/.test(error) ? 'out of gas' : /^invalid opcode/.test(error) ? 'invalid opcode' : error;

/** A frame of callTracer with all inside it; `gas` is kept but for the outermost. */
export function plainCall({ gas, error, logs, calls, ...rest }, isOutermost = true) {
  const plain = { ...rest };
  if (!isOutermost) plain.gas = gas;
  if (error) plain.error = plainError(error);
  if (logs?.length) plain.logs = logs.map(({ index: _, ...log }) => log);
  if (calls) plain.calls = calls.map((call) => plainCall(call, false));
  return plain;
}

/** Accounts of prestateTracer without those that were empty, and without some balances. */
export function plainState(accounts, { balancesOf = [], without = [] } = {}) {
  const plain = {};
  for (const [address, { ...account }] of Object.entries(accounts)) {
    if (without.includes(address)) continue;
    const isEmpty = BigInt(account.balance ?? 1) === 0n && !account.code && !account.nonce;
    if (isEmpty) continue;
    if (balancesOf.includes(address)) delete account.balance;
    plain[address] = account;
  }
  return plain;
}

const isNothing = (value) =>
  value === 0 || value === '0x' || (typeof value === 'object' && Object.keys(value).length === 0);

/** A struct log without what is empty, and without the price of what nodes price differently. */
export function plainStep({ stack, ...rest }) {
  const plain = { stack };
  for (const [name, value] of Object.entries(rest))
    if (name === 'pc' || !isNothing(value)) plain[name] = value;
  if (/^CREATE/.test(rest.op)) delete plain.gasCost;
  if (rest.error) {
    plain.error = true;
    delete plain.gasCost;
    delete plain.storage;
  }
  return plain;
}
