#include "conformance/requests.hpp"

#include <array>

#include "base/u256.hpp"
#include "crypto/hash.hpp"
#include "crypto/keccak.hpp"

namespace plume::conformance {

using namespace literals;

namespace {

constexpr Address deposit_contract = "0x00000000219ab540356cbb839cbe05303d7705fa"_address;
constexpr uint8_t deposit_type = 0;

/// A part of DepositEvent(bytes pubkey, bytes withdrawal_credentials, bytes amount, bytes
/// signature, bytes index): where its length stands in the log's data, and what that is.
struct Part {
    size_t offset;
    size_t size;
};
constexpr std::array<Part, 5> parts{{{160, 48}, {256, 32}, {320, 8}, {384, 96}, {512, 8}}};
constexpr size_t deposit_log_size = 576;

u256 word_at(BytesView data, size_t offset) {
    return from_big_endian(data.subspan(offset, 32));
}

Result<void> append_deposit(Bytes& out, BytesView data) {
    const Error malformed{.what = "a deposit's log is not laid out as it should be"};
    if (data.size() != deposit_log_size) return malformed;
    for (size_t i = 0; i < parts.size(); ++i) {
        const auto& [offset, size] = parts[i];
        if (word_at(data, 32 * i) != u256{offset}) return malformed;
        if (word_at(data, offset) != u256{size}) return malformed;
        append(out, data.subspan(offset + 32, size));
    }
    return {};
}

}  // namespace

Result<Requests> deposits_in(const std::vector<Receipt>& receipts) {
    static const Hash event = keccak256("DepositEvent(bytes,bytes,bytes,bytes,bytes)");
    Requests out{deposit_type, {}};
    for (const Receipt& receipt : receipts)
        for (const Log& log : receipt.logs) {
            if (log.address != deposit_contract || log.topics.empty() || log.topics[0] != event)
                continue;
            if (auto added = append_deposit(out.data, log.data); !added)
                return std::move(added).error();
        }
    return out;
}

Hash requests_hash(const std::vector<Requests>& requests) {
    Bytes hashes;
    for (const Requests& some : requests) {
        if (some.data.empty()) continue;
        Bytes typed{some.type};
        append(typed, some.data);
        append(hashes, sha256(typed));
    }
    return sha256(hashes);
}

}  // namespace plume::conformance
