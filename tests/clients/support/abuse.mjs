// Requests that no honest client sends, from a seed: each is the bytes of a connection, and what
// the node may say to them.
import { connect } from 'node:net';

import { generator } from './random.mjs';

const head = 'POST / HTTP/1.1\r\nHost: localhost\r\nContent-Type: application/json\r\n';
const json = '{"jsonrpc":"2.0","id":1,"method":"eth_chainId"}';
const post = (body, more = '') => `${head}${more}Content-Length: ${body.length}\r\n\r\n${body}`;
const chunked = (body) => `${head}Transfer-Encoding: chunked\r\n\r\n${body}`;
const smuggled = 'GET /smuggled HTTP/1.1\r\nHost: localhost\r\n\r\n';

/** Requests with a name, their bytes and the statuses of which one must be the first answer; 0
 * stands for a connection that is closed without one. */
export const knownAttacks = [
  ['both lengths', `${head}Content-Length: 6\r\nTransfer-Encoding: chunked\r\n\r\n0\r\n\r\n${smuggled}`, [400]],
  ['both lengths, other order', `${head}Transfer-Encoding: chunked\r\nContent-Length: 6\r\n\r\n0\r\n\r\n${smuggled}`, [400]],
  ['two lengths', `${head}Content-Length: 0\r\nContent-Length: 47\r\n\r\n${smuggled}`, [400]],
  ['the same length twice', `${head}Content-Length: 47\r\nContent-Length: 47\r\n\r\n${json}`, [400]],
  ['a list of lengths', `${head}Content-Length: 47, 47\r\n\r\n${json}`, [400]],
  ['a signed length', `${head}Content-Length: +47\r\n\r\n${json}`, [400]],
  ['a negative length', `${head}Content-Length: -1\r\n\r\n`, [400]],
  ['a length of 2^64', `${head}Content-Length: 18446744073709551616\r\n\r\n`, [400, 413]],
  ['a length of 2^63', `${head}Content-Length: 9223372036854775808\r\n\r\n`, [413]],
  ['a hidden coding', `${head}Transfer-Encoding: xchunked\r\n\r\n0\r\n\r\n`, [400]],
  ['two codings', `${head}Transfer-Encoding: gzip, chunked\r\n\r\n0\r\n\r\n`, [400]],
  ['a coding twice', `${head}Transfer-Encoding: chunked\r\nTransfer-Encoding: identity\r\n\r\n0\r\n\r\n`, [400]],
  ['a coding behind a space', `${head}Transfer-Encoding : chunked\r\n\r\n0\r\n\r\n`, [400]],
  ['a coding behind a control character', `${head}Transfer-Encoding:\x0bchunked\r\n\r\n0\r\n\r\n`, [400]],
  ['a folded header', `${head}X: 1\r\n Content-Length: 5\r\n\r\n`, [400]],
  ['a bare LF', `POST / HTTP/1.1\nHost: localhost\n\n`, [400]],
  ['a bare LF among CRLF', `${head}X: 1\nContent-Length: 47\r\n\r\n${json}`, [400]],
  ['a bare CR', `${head}X: 1\rContent-Length: 47\r\n\r\n${json}`, [400]],
  ['a NUL', `${head}X: \0\r\n\r\n`, [400]],
  ['no host', 'POST / HTTP/1.1\r\nContent-Length: 0\r\n\r\n', [400]],
  ['two hosts', 'POST / HTTP/1.1\r\nHost: localhost\r\nHost: evil.example\r\n\r\n', [400]],
  ['another host', 'POST / HTTP/1.1\r\nHost: evil.example\r\n\r\n', [403]],
  ['another host in the target', `POST http://evil.example/ HTTP/1.1\r\nHost: localhost\r\n\r\n`, [403]],
  ['our host in the target', `POST http://localhost/ HTTP/1.1\r\nHost: localhost\r\nContent-Type: application/json\r\nContent-Length: 47\r\n\r\n${json}`, [200]],
  ['an extension of a chunk', chunked(`2f;${'x'.repeat(100)}\r\n${json}\r\n0\r\n\r\n`), [200]],
  ['an endless extension', chunked(`2f;${'x'.repeat(200_000)}`), [400]],
  ['a chunk without size', chunked('\r\n\r\n'), [400]],
  ['a chunk of 2^64', chunked('10000000000000000\r\n'), [400, 413]],
  ['a chunk longer than it says', chunked(`1\r\n${json}\r\n0\r\n\r\n`), [400]],
  ['endless trailers', chunked(`0\r\n${'X: y\r\n'.repeat(20_000)}\r\n`), [400, 431]],
  ['an endless head', `${head}X: ${'x'.repeat(20_000)}\r\n\r\n`, [431]],
  ['many headers', `${head}${'X: y\r\n'.repeat(4_000)}\r\n`, [431]],
  ['a text', `POST / HTTP/1.1\r\nHost: localhost\r\nContent-Type: text/plain\r\nContent-Length: 47\r\n\r\n${json}`, [415]],
  ['a form', 'POST / HTTP/1.1\r\nHost: localhost\r\nContent-Type: application/x-www-form-urlencoded\r\nContent-Length: 0\r\n\r\n', [415]],
  ['a compressed body', post(json, 'Content-Encoding: gzip\r\n'), [415]],
  ['no length', `${head}\r\n`, [411]],
  ['another expectation', post(json, 'Expect: miracles\r\n'), [417]],
  ['a body beyond the limit', `${head}Content-Length: 5242881\r\n\r\n`, [413]],
  ['a tunnel', 'CONNECT localhost:22 HTTP/1.1\r\nHost: localhost\r\n\r\n', [404, 405]],
  ['a trace', 'TRACE / HTTP/1.1\r\nHost: localhost\r\n\r\n', [405]],
  ['HTTP/2', 'PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n', [400]],
  ['HTTP/0.9', 'GET /\r\n\r\n', [400]],
  ['TLS', '\x16\x03\x01\x02\x00\x01\x00\x01\xfc\x03\x03', [400]],
  ['nothing but an end', '\r\n\r\n', [0, 400]],
  ['JSON without HTTP', json, [400]],
  ['100,000 brackets', post('['.repeat(100_000)), [200]],
  ['100,000 members', post('{"a":'.repeat(100_000)), [200]],
  ['a batch of 1,001', post(`[${Array(1001).fill(json).join(',')}]`), [200]],
  ['a number of 100,000 digits', post(`{"jsonrpc":"2.0","id":${'9'.repeat(100_000)},"method":"x"}`), [200]],
  ['an upgrade without a key', 'GET / HTTP/1.1\r\nHost: localhost\r\nConnection: upgrade\r\nUpgrade: websocket\r\n\r\n', [400, 0]],
  ['an upgrade of another origin', 'GET / HTTP/1.1\r\nHost: localhost\r\nConnection: upgrade\r\nUpgrade: websocket\r\nSec-WebSocket-Version: 13\r\nSec-WebSocket-Key: dGhlIHNhbXBsZSBub25jZQ==\r\nOrigin: https://evil.example\r\n\r\n', [403]],
  ['a preflight of another origin', 'OPTIONS / HTTP/1.1\r\nHost: localhost\r\nOrigin: https://evil.example\r\nAccess-Control-Request-Method: POST\r\n\r\n', [405]],
];

/** A malformed request from a generator: a good one, or an attack, with some bytes changed, cut,
 * repeated or moved. */
export function mutant(random) {
  let bytes = Buffer.from(random.pick([post(json), ...knownAttacks.map(([, text]) => text)]), 'latin1');
  if (bytes.length > 4_000) bytes = bytes.subarray(0, 4_000);
  for (let i = 0; i <= random.below(4); ++i) {
    const at = random.below(bytes.length + 1);
    const size = random.below(20);
    bytes = random.pick([
      () => {
        const changed = Buffer.from(bytes);
        if (at < changed.length) changed[at] = random.below(256);
        return changed;
      },
      () => bytes.subarray(0, at),
      () => Buffer.concat([bytes.subarray(0, at), bytes.subarray(at + size)]),
      () => Buffer.concat([bytes.subarray(0, at), bytes.subarray(Math.max(0, at - size))]),
      () => Buffer.concat([bytes.subarray(0, at), Buffer.from(random.pick(['\r\n', '\n', '\0', ' ', ':', '\r\n\r\n', '{', '"'])), bytes.subarray(at)]),
    ])();
    if (bytes.length === 0) bytes = Buffer.from('x');
  }
  return bytes;
}

/** Sends bytes over one connection, at once or one by one, and resolves to the statuses of the
 * answers once the node closes, or once `milliseconds` are over. */
export function exchange(port, bytes, { milliseconds = 2_000, address = '127.0.0.1', isOver } = {}) {
  return new Promise((resolve) => {
    const socket = connect({ port, host: '127.0.0.1', localAddress: address });
    let answer = '';
    const finish = () => {
      clearTimeout(timer);
      socket.destroy();
      resolve([...answer.matchAll(/HTTP\/1\.[01] (\d{3})/g)].map((match) => Number(match[1])));
    };
    const timer = setTimeout(finish, milliseconds);
    socket.on('connect', () => socket.write(Buffer.from(bytes, 'latin1')));
    socket.on('data', (chunk) => {
      answer += chunk.toString('latin1');
      if (isOver?.(answer)) finish();
    });
    socket.on('error', finish);
    socket.on('close', finish);
  });
}

export { generator, json, post };
