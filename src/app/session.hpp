// A person at a node: signs here, sends there, waits for what became of it. The keys never leave
// this process.
#pragma once

#include <string>

#include "crypto/signature.hpp"
#include "native/signature.hpp"
#include "rpc/client.hpp"
#include "types/block.hpp"

namespace plume {

/// What the program's exit code says, and the `code` of errors on the way there.
namespace exit_code {
inline constexpr int ok = 0;
inline constexpr int failed = 1;
inline constexpr int usage = 2;
inline constexpr int refused = 3;      ///< a rule of the chain said no
inline constexpr int unreachable = 4;  ///< no node answered
inline constexpr int declined = 5;     ///< the person said no
}  // namespace exit_code

/// Somebody who can sign.
struct Account {
    std::string name;
    PrivateKey key;
    Address address;
};

/// A transaction that is in a block and succeeded.
struct Mined {
    Hash transaction;
    uint64_t block_number = 0;
    uint64_t gas_used = 0;
    std::vector<Log> logs;
};

/// What calldata for the function `signature` looks like: selector and encoded arguments.
template <FixedText signature, class... T>
Bytes calldata(const T&... arguments) {
    static_assert(detail::takes<signature, T...>(),
                  "the text's parameters are not these C++ types");
    static constexpr Selector selector = detail::selector_of(detail::signature_hash<signature>());
    Bytes out(selector.begin(), selector.end());
    append(out, abi::encode(arguments...));
    return out;
}

/// A view of a node. Errors carry an exit code and a sentence; a refusal's sentence has the
/// contract's reason in words. One thread.
class Session {
public:
    static Result<Session> open(std::string_view url);

    const std::string& url() const { return url_; }
    uint64_t chain_id() const { return chain_id_; }

    /// Any method, for what the functions below do not cover.
    Result<rpc::Json> request(std::string_view method, boost::json::array params);

    /// Estimates, signs, sends and waits for the receipt. A call that would be refused is never
    /// sent, so it costs nothing.
    Result<Mined> send(const Account& from, const Address& to, BytesView data,
                       const u256& value = {});
    /// The same without estimating, where what it takes at most is known: an estimate runs a call
    /// many times over.
    Result<Mined> send_within(uint64_t gas, const Account& from, const Address& to, BytesView data);
    template <FixedText signature, class... T>
    Result<Mined> send(const Account& from, const Address& to, const T&... arguments) {
        return send(from, to, calldata<signature>(arguments...));
    }

    /// What a call on top of the newest block would return.
    Result<Bytes> call(const Address& to, BytesView data, const Address& from = {});
    /// The same for a function that returns one `R`.
    template <FixedText signature, class R, class... T>
    Result<R> ask(const Address& to, const T&... arguments) {
        TRY(output, call(to, calldata<signature>(arguments...)));
        auto value = abi::decode_one<R>(output);
        if (!value)
            return Error{exit_code::failed,
                         to_hex(to) + " does not answer as " + std::string(signature.view())};
        return std::move(*value);
    }

    Result<u256> balance(const Address& address);
    /// The newest block's timestamp.
    Result<uint64_t> head_time();
    /// The newest block's price of gas, in wei.
    Result<u256> base_fee();
    /// All logs of `address` from genesis on, in order.
    Result<std::vector<Log>> logs(const Address& address);
    Result<uint64_t> block_number();
    /// Calls that the chain itself has made when they were due, in blocks after `block`, in order.
    Result<std::vector<Mined>> scheduled_calls_after(uint64_t block);

private:
    Session(rpc::Client client, std::string url)
        : client_(std::move(client)), url_(std::move(url)) {}

    Result<Transaction> fill(const Account& from, const Address& to, BytesView data,
                             const u256& value, uint64_t gas);
    Result<uint64_t> estimate(const Account& from, const Address& to, BytesView data,
                              const u256& value);
    Result<void> read_logs_between(const Address& address, uint64_t first, uint64_t last,
                                   std::vector<Log>& out);
    Result<Mined> submit(const Account& from, Transaction transaction);

    rpc::Client client_;
    std::string url_;
    uint64_t chain_id_ = 0;
};

}  // namespace plume
