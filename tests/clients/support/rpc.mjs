// JSON-RPC without a library in between: what is compared here is what the node said.

/** An error answer: `code`, `message` and, after a revert, `data`. */
export class RpcFailure extends Error {
  constructor({ code, message, data }) {
    super(message);
    this.code = code;
    this.data = data;
  }
}

let nextId = 1;

/** Posts a body, an object or an array of them, and resolves to the parsed answer. */
export async function post(url, body) {
  try {
    const response = await fetch(url, {
      method: 'POST',
      headers: { 'content-type': 'application/json' },
      body: typeof body === 'string' ? body : JSON.stringify(body),
    });
    return await response.json();
  } catch (error) {
    // fetch says no more than that it failed.
    const { cause } = error;
    const connection = JSON.stringify(cause?.socket ?? {});
    throw new Error(`${url}: ${error.message}: ${cause?.message} ${connection}`, { cause: error });
  }
}

/** Calls one method; throws RpcFailure for an error answer. */
export async function rpc(url, method, params = []) {
  const answer = await post(url, { jsonrpc: '2.0', id: nextId++, method, params });
  if (answer.error) throw new RpcFailure(answer.error);
  return answer.result;
}

/** Calls many methods, [[method, params], ...], in one batch; resolves to results in order. */
export async function rpcBatch(url, calls, size = 500) {
  const results = [];
  for (let at = 0; at < calls.length; at += size) {
    const part = calls.slice(at, at + size).map(([method, params], index) => ({
      jsonrpc: '2.0',
      id: at + index,
      method,
      params,
    }));
    const answers = await post(url, part);
    for (const answer of answers) {
      if (answer.error) throw new RpcFailure(answer.error);
      results[answer.id] = answer.result;
    }
  }
  return results;
}

/** Waits for a receipt. */
export async function receiptOf(url, hash, milliseconds = 20_000) {
  const end = Date.now() + milliseconds;
  while (Date.now() < end) {
    const receipt = await rpc(url, 'eth_getTransactionReceipt', [hash]);
    if (receipt) return receipt;
    await new Promise((done) => setTimeout(done, 2));
  }
  throw new Error(`no receipt for ${hash}`);
}
