// Device readings through a chain: forty nodes that report each minute, handed in by the hundred,
// beside what the machine can recover of their signatures.
//
//   readings_bench [READINGS] [DIRECTORY]
//
// `READINGS` are signed beforehand. What is timed is what a node does with them: decoding the
// transactions, executing the blocks, the state's root, the commit.
#include <chrono>
#include <cstdio>
#include <cstdlib>
#include <filesystem>

#include "base/log.hpp"
#include "base/result.hpp"
#include "chain/chain.hpp"
#include "contracts/addresses.hpp"
#include "contracts/catalog.hpp"
#include "contracts/eas.hpp"
#include "contracts/meters.hpp"
#include "native/remote.hpp"
#include "support/temporary_directory.hpp"
#include "support/transactions.hpp"

namespace plume {
namespace {

using namespace literals;
using Clock = std::chrono::steady_clock;

constexpr uint16_t device_count = 40;
constexpr uint64_t minutes_per_call = 6;
constexpr uint64_t calls_per_block = 10;
constexpr uint64_t start_time = 1'000'000;

using Register =
    Remote<"register(string schema, address resolver, bool revocable) returns (bytes32)", Hash,
           std::string, Address, bool>;
using Attest = Remote<
    "attest((bytes32 schema, (address recipient, uint64 expirationTime, bool revocable, bytes32 "
    "refUID, bytes data, uint256 value) data) request) returns (bytes32)",
    Hash, eas::AttestationRequest>;
using RegisterDevice = Remote<
    "registerDevice((bytes32 id, (uint8 algorithm, bytes key) key, bytes32 metric, uint8 decimals, "
    "uint128 capacity, uint32 heartbeat, uint32 epochSeconds, uint128 epochCap, bytes32 record) "
    "device, bytes possession) returns (uint256)",
    u256, DeviceParams, Bytes>;
using ReportMany = Remote<
    "reportMany((uint256 device, uint64 at, uint256 cumulative, uint64 seq, bytes signature)[] "
    "readings) returns (uint256 accepted)",
    u256, std::vector<Reading>>;

double seconds_since(Clock::time_point start) {
    return std::chrono::duration<double>(Clock::now() - start).count();
}

Hash domain() {
    return domain_separator(Meters::domain_name, Meters::domain_version, u256{test::chain_id},
                            contracts::feeds);
}

Bytes wallet_signature(const Hash& digest, const PrivateKey& key) {
    const Signature made = sign(digest, key);
    Bytes out = to_bytes(to_word(made.r));
    append(out, to_word(made.s));
    out.push_back(made.y_parity ? 28 : 27);
    return out;
}

Hash metric() {
    return keccak256("gpu-seconds|s");
}

Hash reading_digest(const Hash& separator, const Reading& reading) {
    static const Hash type_hash = keccak256(
        "Reading(bytes32 deviceId,bytes32 metric,uint64 time,uint64 seq,int256 value,uint8 "
        "decimals)");
    return typed_data_digest(separator,
                             keccak256(abi::encode(type_hash, reading.device, metric(), reading.at,
                                                   reading.seq, reading.cumulative, uint8_t{0})));
}

class Bench {
public:
    Bench(const std::filesystem::path& directory, uint64_t reading_count) {
        Genesis genesis;
        genesis.chain_id = test::chain_id;
        genesis.base_fee = {};
        genesis.accounts[address_of(relayer_)].balance = 1'000'000'000'000'000'000'000'000_u256;
        auto opened = Chain::open(directory, genesis, native_types());
        check(opened.ok(), "the bench's directory is fresh");
        chain_ = std::move(opened).value();
        const Hash record = found_record();
        for (uint16_t n = 0; n < device_count; ++n) register_device(n, record);
        produce(start_time);
        const uint64_t per_call = device_count * minutes_per_call;
        for (uint64_t call = 0; call * per_call < reading_count; ++call) sign_call(call);
    }

    uint64_t reading_count() const { return calls_.size() * device_count * minutes_per_call; }

    /// Everything from the bytes to the last commit: seconds, and gas.
    std::pair<double, uint64_t> run() {
        uint64_t gas = 0;
        const auto start = Clock::now();
        for (size_t first = 0; first < calls_.size(); first += calls_per_block) {
            const size_t end = std::min<size_t>(first + calls_per_block, calls_.size());
            for (size_t i = first; i < end; ++i) {
                const auto outcome = chain_->submit(calls_[i]);
                check(outcome.ok(), outcome.ok() ? "" : outcome.error().what);
            }
            gas += produce(start_time + 60 * minutes_per_call * end);
        }
        return {seconds_since(start), gas};
    }

    /// Recoveries a second on one thread: nothing but the signatures.
    double recovery_rate() const {
        const size_t count = std::min<size_t>(signatures_.size(), 20'000);
        const auto start = Clock::now();
        for (size_t i = 0; i < count; ++i)
            check(recover_public_key(signatures_[i].first, signatures_[i].second).has_value(),
                  "the signatures are good");
        return static_cast<double>(count) / seconds_since(start);
    }

private:
    static PrivateKey device_key(uint16_t n) { return test::key(static_cast<uint16_t>(100 + n)); }
    static u256 device(uint16_t n) { return u256{0xd000u + n}; }

    TransactionPtr signed_call(const Address& to, Bytes data) {
        Transaction fields = test::payment(nonce_++, to, {});
        fields.max_fee_per_gas = u256{1'000'000'000'000u};
        fields.gas_limit = 16'000'000;
        fields.data = std::move(data);
        return sign_transaction(std::move(fields), relayer_);
    }
    void submit(const Address& to, Bytes data) {
        const auto outcome = chain_->submit(signed_call(to, std::move(data)));
        check(outcome.ok(), outcome.ok() ? "" : outcome.error().what);
    }
    /// Blocks at this time until nothing is left to do; the gas they used.
    uint64_t produce(uint64_t time) {
        uint64_t gas = 0;
        while (chain_->pool().counts().executable != 0) {
            const auto block = chain_->commit(chain_->execute(chain_->propose(time)));
            for (const Receipt& receipt : block->receipts)
                check(receipt.success, "every call succeeds");
            gas += block->receipts.back().cumulative_gas_used;
        }
        return gas;
    }
    Hash found_record() {
        submit(contracts::attestations,
               Register::calldata(std::string("string name"), Address{}, true));
        produce(start_time - 1);
        const Hash schema = eas::schema_uid("string name", {}, true);
        eas::AttestationRequest request;
        request.schema = schema;
        request.data.revocable = true;
        submit(contracts::attestations, Attest::calldata(request));
        const auto block = chain_->commit(chain_->execute(chain_->propose(start_time - 1)));
        for (const Log& log : block->receipts.at(0).logs)
            if (const auto attested = eas::Attested::decode(log)) return std::get<2>(*attested);
        fail("the record was attested");
    }
    void register_device(uint16_t n, const Hash& record) {
        static const Hash type_hash =
            keccak256("Binding(bytes32 deviceId,address owner,uint32 number)");
        const PrivateKey key = device_key(n);
        const DeviceParams params{.id = to_word(device(n)),
                                  .key = {0, to_bytes(address_of(key))},
                                  .metric = metric(),
                                  .decimals = 0,
                                  .capacity = {u256{8u}},
                                  .heartbeat = 120,
                                  .epoch_seconds = 86'400,
                                  .epoch_cap = {},
                                  .record = record};
        const Hash digest = typed_data_digest(
            domain(),
            keccak256(abi::encode(type_hash, device(n), address_of(relayer_), uint32_t{0})));
        submit(contracts::feeds, RegisterDevice::calldata(params, wallet_signature(digest, key)));
    }
    void sign_call(uint64_t call) {
        const Hash separator = domain();
        std::vector<Reading> readings;
        for (uint64_t i = 0; i < minutes_per_call; ++i)
            for (uint16_t n = 0; n < device_count; ++n) {
                const uint64_t minute = call * minutes_per_call + i + 1;
                Reading reading{
                    device(n), start_time + 60 * minute, u256{minute * (300u + n)}, minute, {}};
                const Hash digest = reading_digest(separator, reading);
                const Signature made = sign(digest, device_key(n));
                reading.signature = to_bytes(to_word(made.r));
                append(reading.signature, to_word(made.s));
                reading.signature.push_back(made.y_parity ? 28 : 27);
                signatures_.emplace_back(digest, made);
                readings.push_back(std::move(reading));
            }
        calls_.push_back(signed_call(contracts::feeds, ReportMany::calldata(readings))->raw);
    }

    PrivateKey relayer_ = test::key(1);
    uint64_t nonce_ = 0;
    std::unique_ptr<Chain> chain_;
    std::vector<Bytes> calls_;
    std::vector<std::pair<Hash, Signature>> signatures_;
};

void run(const std::filesystem::path& directory, uint64_t count) {
    Bench bench(directory, count);
    const auto [seconds, gas] = bench.run();
    const double readings = static_cast<double>(bench.reading_count());
    const double rate = readings / seconds;
    const double recoveries = bench.recovery_rate();
    std::printf("%.0f readings of %d devices, ingested and metered on one thread\n", readings,
                int{device_count});
    std::printf("  readings    %8.0f a second\n", rate);
    std::printf("  gas         %8.0f a reading\n", static_cast<double>(gas) / readings);
    std::printf("  recoveries  %8.0f a second on one thread\n", recoveries);
    std::printf("  share       %8.2f\n", rate / recoveries);
}

}  // namespace
}  // namespace plume

int main(int argc, char** argv) {
    const uint64_t count = argc > 1 ? std::strtoul(argv[1], nullptr, 10) : 100'000;
    if (count == 0 || count > 10'000'000) {
        std::fprintf(stderr, "usage: readings_bench [READINGS, at most 10000000] [DIRECTORY]\n");
        return 2;
    }
    plume::log::set_level(plume::log::Level::warn);
    const plume::test::TemporaryDirectory temporary;
    plume::run(argc > 2 ? std::filesystem::path(argv[2]) : temporary.path(), count);
}
