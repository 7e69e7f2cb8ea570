#include "torture/load.hpp"

#include "base/result.hpp"
#include "support/transactions.hpp"

namespace plume::torture {

namespace {

using namespace literals;

constexpr uint16_t sender_count = 12;
constexpr uint16_t probe_key = 900;
constexpr uint64_t recipients = 400;
constexpr size_t code_size_max = 6'000;
constexpr size_t data_size_max = 60'000;
/// sstore(calldata[0], calldata[1]); log1(0, 0, calldata[0])
constexpr std::string_view keeper_code = "0x6020356000355560003560006000a100";
const Address keeper = "0x00000000000000000000000000000000000c0de5"_address;

std::string allocation(const Address& address) {
    return "\"" + to_hex(address) + "\": {\"balance\": \"0x200000000000000000000000000000000\"}";
}

Bytes random_bytes(std::mt19937_64& random, size_t size) {
    Bytes out(size);
    for (uint8_t& byte : out) byte = static_cast<uint8_t>(random());
    return out;
}

}  // namespace

std::string genesis_text() {
    std::string out = "{\"config\": {\"chainId\": " + std::to_string(test::chain_id) +
                      "}, \"timestamp\": \"0x66000000\", \"gasLimit\": \"0x5f5e100\", "
                      "\"alloc\": {";
    for (uint16_t i = 1; i <= sender_count; ++i) out += allocation(address_of(test::key(i))) + ", ";
    out += allocation(probe_sender()) + ", ";
    out += "\"" + to_hex(keeper) + "\": {\"balance\": \"0x0\", \"code\": \"" +
           std::string(keeper_code) + "\", \"storage\": {\"0x1\": \"0x1\", \"0x2\": \"0x2\"}}";
    return out + "}, \"plume\": {\"nativeContracts\": true}}\n";
}

Genesis genesis() {
    auto parsed = parse_genesis(genesis_text());
    check(parsed.ok(), "the torture's genesis can be read");
    return std::move(parsed).value();
}

Load::Load(LoadKind kind, uint64_t seed) : kind_(kind), random_(seed), nonces_(sender_count) {}

std::pair<size_t, Bytes> Load::sign_next() {
    const auto sender = static_cast<uint16_t>(random_() % sender_count);
    Transaction fields = kind_ == LoadKind::contracts && random_() % 4 == 0 ? creation()
                         : kind_ == LoadKind::contracts                     ? call()
                                                                            : payment();
    fields.nonce = nonces_[sender]++;
    fields.max_fee_per_gas = u256{1'000'000'000'000'000u};
    const auto key = test::key(static_cast<uint16_t>(sender + 1));
    return {sender, sign_transaction(std::move(fields), key)->raw};
}

std::vector<Bytes> Load::take(size_t count) {
    std::vector<Bytes> out;
    while (out.size() < count) out.push_back(next());
    return out;
}

std::vector<std::vector<Bytes>> Load::take_rows(size_t count, size_t rows) {
    std::vector<std::vector<Bytes>> out(rows);
    for (size_t i = 0; i < count; ++i) {
        auto [sender, raw] = sign_next();
        out[sender % rows].push_back(std::move(raw));
    }
    return out;
}

Transaction Load::payment() {
    Address to;
    const uint64_t recipient = random_() % recipients;
    to[0] = 0xaa;
    to[18] = static_cast<uint8_t>(recipient >> 8);
    to[19] = static_cast<uint8_t>(recipient);
    Transaction out = test::payment(0, to, u256{1 + random_() % 1'000});
    if (kind_ == LoadKind::large) {
        out.data = random_bytes(random_, 1 + random_() % data_size_max);
        out.gas_limit = 21'000 + 40 * out.data.size();
    }
    return out;
}

Transaction Load::call() {
    Transaction out = test::payment(0, keeper, {});
    out.data = Bytes(64);
    out.data[30] = static_cast<uint8_t>(random_() % 4);
    out.data[31] = static_cast<uint8_t>(random_());
    if (random_() % 3 != 0) out.data[63] = static_cast<uint8_t>(random_());
    out.gas_limit = 120'000;
    return out;
}

Transaction Load::creation() {
    Transaction out = test::payment(0, {}, u256{random_() % 2});
    out.to.reset();
    out.gas_limit = 3'000'000;
    if (random_() % 3 == 0) {
        out.data = *from_hex("0x6001600055600035ff");  // Stores, and destroys itself at once.
        return out;
    }
    // codecopy(0, 13, size); return(0, size)
    const size_t size = 1 + random_() % code_size_max;
    const auto high = static_cast<uint8_t>(size >> 8);
    const auto low = static_cast<uint8_t>(size);
    out.data = {0x61, high, low, 0x80, 0x60, 12, 0x60, 0, 0x39, 0x60, 0, 0xf3};
    Bytes code = random_bytes(random_, size);
    code[0] = 0;
    append(out.data, code);
    return out;
}

TransactionPtr probe(uint64_t nonce) {
    Transaction fields = test::payment(nonce, address_of(test::key(1)), u256{1u});
    fields.max_fee_per_gas = u256{1'000'000'000'000'000u};
    return sign_transaction(std::move(fields), test::key(probe_key));
}

Address probe_sender() {
    return address_of(test::key(probe_key));
}

}  // namespace plume::torture
