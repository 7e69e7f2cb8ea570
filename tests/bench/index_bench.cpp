// The index on a chain of token transfers: how many a second it takes in, and what they weigh in
// its file.
//
//   index_bench [TRANSFERS] [DIRECTORY]
//
// The chain is made beforehand, 1,000 transfers a block among 1,000 holders. What is timed is
// `plume index rebuild` on it, and then a page of the cap table as of the middle of the chain.
#include <chrono>
#include <cstdio>
#include <cstdlib>
#include <filesystem>

#include "base/log.hpp"
#include "contracts/addresses.hpp"
#include "contracts/catalog.hpp"
#include "contracts/eas.hpp"
#include "contracts/launcher.hpp"
#include "contracts/token.hpp"
#include "index/indexer.hpp"
#include "index/listings.hpp"
#include "native/remote.hpp"
#include "support/temporary_directory.hpp"
#include "support/transactions.hpp"

namespace plume {
namespace {

using namespace literals;
using Clock = std::chrono::steady_clock;

constexpr uint64_t transfers_per_block = 1'000;
constexpr uint64_t holder_count = 1'000;
constexpr uint64_t start_time = 1'000'000;

using Register =
    Remote<"register(string schema, address resolver, bool revocable) returns (bytes32)", Hash,
           std::string, Address, bool>;
using Attest = Remote<
    "attest((bytes32 schema, (address recipient, uint64 expirationTime, bool revocable, bytes32 "
    "refUID, bytes data, uint256 value) data) request) returns (bytes32)",
    Hash, eas::AttestationRequest>;
using Launch = Remote<"launch(bytes32 template, bytes params) returns (address[] instances)",
                      std::vector<Address>, Hash, Bytes>;
using Transfer = Remote<"transfer(address to, uint256 value) returns (bool)", bool, Address, u256>;

double seconds_since(Clock::time_point start) {
    return std::chrono::duration<double>(Clock::now() - start).count();
}

class Bench {
public:
    explicit Bench(const std::filesystem::path& directory) {
        Genesis genesis;
        genesis.chain_id = test::chain_id;
        genesis.base_fee = {};
        genesis.gas_limit = 200'000'000;
        genesis.accounts[address_of(sender_)].balance = 1'000'000'000'000'000'000'000'000_u256;
        auto opened = Chain::open(directory, genesis, native_types());
        check(opened.ok(), "the bench's directory is fresh");
        chain_ = std::move(opened).value();
        submit(contracts::attestations,
               Register::calldata(std::string("string name"), Address{}, true));
        produce();
        eas::AttestationRequest request;
        request.schema = eas::schema_uid("string name", {}, true);
        request.data.revocable = true;
        submit(contracts::attestations, Attest::calldata(request));
        Hash record;
        const auto attesting = produce();
        for (const Log& log : attesting->receipts.at(0).logs)
            if (const auto attested = eas::Attested::decode(log)) record = std::get<2>(*attested);
        Hash name;
        std::ranges::copy(view_of("AssetToken"), name.bytes.begin());
        submit(contracts::launcher,
               Launch::calldata(name, abi::encode(TokenParams{.name = "Bench",
                                                              .symbol = "BENCH",
                                                              .record = record,
                                                              .issuer = address_of(sender_),
                                                              .initial_supply = u256{1u} << 60})));
        const auto launching = produce();
        for (const Log& log : launching->receipts.at(0).logs)
            if (const auto launched = Launcher::Launched::decode(log))
                token_ = std::get<2>(*launched);
    }

    void transfer(uint64_t count) {
        for (uint64_t i = 0; i < count; ++i) {
            submit(token_, Transfer::calldata(to_address(u256{0xbe0000 + i * 7'919 % holder_count}),
                                              u256{i + 1}));
            if ((i + 1) % transfers_per_block == 0 || i + 1 == count) produce();
        }
    }

    Chain& chain() { return *chain_; }
    const Address& token() const { return token_; }

private:
    void submit(const Address& to, Bytes data) {
        Transaction fields = test::payment(nonce_++, to, {});
        fields.max_fee_per_gas = u256{1'000'000'000'000'000u};
        fields.gas_limit = to == token_ ? 200'000 : 16'000'000;
        fields.data = std::move(data);
        const auto outcome = chain_->submit(sign_transaction(std::move(fields), sender_));
        check(outcome.ok(), outcome.ok() ? "" : outcome.error().what);
    }
    CommittedBlockPtr produce() {
        CommittedBlockPtr block;
        while (chain_->pool().counts().executable != 0) {
            block = chain_->commit(chain_->execute(chain_->propose(++time_)));
            for (const Receipt& receipt : block->receipts)
                check(receipt.success, "every call succeeds");
        }
        return block;
    }

    const PrivateKey sender_ = test::key(1);
    uint64_t nonce_ = 0;
    uint64_t time_ = start_time;
    std::unique_ptr<Chain> chain_;
    Address token_;
};

void run(const std::filesystem::path& directory, uint64_t count) {
    Bench bench(directory / "chain");
    bench.transfer(count);
    const std::filesystem::path file = directory / "index.db";
    auto start = Clock::now();
    {
        const Thread thread("index", [&] {
            check(rebuild_index(bench.chain(), file, [](uint64_t) {}).ok(), "the index is made");
        });
    }
    const double seconds = seconds_since(start);
    std::printf("%llu transfers taken in, %.0f a second, %.0f bytes each\n",
                static_cast<unsigned long long>(count), static_cast<double>(count) / seconds,
                static_cast<double>(std::filesystem::file_size(file)) / static_cast<double>(count));
    const auto database = Sqlite::open(file, Sqlite::Mode::read);
    check(database.ok(), "the index opens");
    start = Clock::now();
    const HoldersPage page = read_holders(**database, bench.token(), {},
                                          bench.chain().head()->number() / 2, {}, page_max);
    std::printf("cap table of %zu holders as of the middle: %.1f ms\n", page.holders.size(),
                1e3 * seconds_since(start));
}

}  // namespace
}  // namespace plume

int main(int argc, char** argv) {
    const size_t count = argc > 1 ? std::strtoul(argv[1], nullptr, 10) : 100'000;
    if (count == 0 || count > 10'000'000) {
        std::fprintf(stderr, "usage: index_bench [TRANSFERS, at most 10000000] [DIRECTORY]\n");
        return 2;
    }
    plume::log::set_level(plume::log::Level::warn);
    const plume::test::TemporaryDirectory temporary;
    plume::run(argc > 2 ? std::filesystem::path(argv[2]) : temporary.path(), count);
}
