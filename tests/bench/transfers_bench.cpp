// Transfers of an AssetToken, from raw bytes to committed blocks on a real disk.
//
//   transfers_bench [TRANSFERS] [ACCOUNTS] [DIRECTORY]
//
// The state has so many accounts from the start, of which any may get some; a tenth as many
// others, 20,000 at most, hold the token and send it. First alone, stage by stage, to see where
// the time goes; then as a node runs: two threads submit while the solo producer makes blocks. The
// measure is the share of what libsecp256k1 recovers on two threads in the same run: a chain that
// did nothing but check signatures would reach 1.
#include <atomic>
#include <chrono>
#include <cstdio>
#include <ctime>
#include <filesystem>
#include <random>
#include <thread>

#include "base/log.hpp"
#include "chain/chain.hpp"
#include "codec/abi.hpp"
#include "consensus/solo.hpp"
#include "contracts/addresses.hpp"
#include "contracts/attestations.hpp"
#include "contracts/catalog.hpp"
#include "contracts/launcher.hpp"
#include "contracts/token.hpp"
#include "native/remote.hpp"
#include "state/root.hpp"
#include "support/temporary_directory.hpp"
#include "support/transactions.hpp"

namespace plume {
namespace {

using namespace literals;
using Clock = std::chrono::steady_clock;

constexpr uint64_t sender_max = 20'000;
constexpr size_t workers = 2;

using Register =
    Remote<"register(string schema, address resolver, bool revocable) returns (bytes32)", Hash,
           std::string, Address, bool>;
using Attest = Remote<
    "attest((bytes32 schema, (address recipient, uint64 expirationTime, bool revocable, bytes32 "
    "refUID, "
    "bytes data, uint256 value) data) request) returns (bytes32)",
    Hash, eas::AttestationRequest>;
using Preview = Remote<"preview(bytes32 template, bytes params) view returns (address[] instances)",
                       std::vector<Address>, Hash, Bytes>;
using Launch = Remote<"launch(bytes32 template, bytes params) returns (address[] instances)",
                      std::vector<Address>, Hash, Bytes>;
using Transfer = Remote<"transfer(address to, uint256 value) returns (bool)", bool, Address, u256>;

double seconds_since(Clock::time_point start) {
    return std::chrono::duration<double>(Clock::now() - start).count();
}

/// What all threads of this process have computed. Other programs on the same cores hardly show.
double cpu_seconds() {
    return static_cast<double>(std::clock()) / CLOCKS_PER_SEC;
}

TransactionPtr signed_call(const PrivateKey& sender, uint64_t nonce, const Address& to, Bytes data,
                           uint64_t gas_limit) {
    Transaction fields = test::payment(nonce, to, {});
    fields.max_fee_per_gas = u256{1'000'000'000'000u};
    fields.gas_limit = gas_limit;
    fields.data = std::move(data);
    return sign_transaction(std::move(fields), sender);
}

/// A chain with a token that every sender holds, and signed transfers of it.
class Bench {
public:
    Bench(const std::filesystem::path& directory, size_t transfer_count, uint64_t accounts)
        : accounts_(accounts), senders_(std::clamp<uint64_t>(accounts / 10, 1, sender_max)) {
        for (uint64_t i = 0; i <= senders_; ++i)
            keys_.push_back(test::key(static_cast<uint16_t>(i + 1)));
        auto opened = Chain::open(directory, genesis(), native_types());
        check(opened.ok(), "the bench's directory is fresh");
        chain_ = std::move(opened).value();
        found_token();
        sign_transfers(transfer_count);
    }

    Chain& chain() { return *chain_; }
    const std::vector<Bytes>& raw() const { return raw_; }

    CommittedBlockPtr produce() { return chain_->commit(chain_->execute(chain_->propose(1))); }

private:
    Genesis genesis() const {
        Genesis out;
        out.chain_id = test::chain_id;
        out.base_fee = {};  // Full blocks raise it; from nothing it stays small.
        for (const PrivateKey& key : keys_)
            out.accounts[address_of(key)].balance = 1'000'000'000'000'000'000'000'000_u256;
        for (uint64_t i = 0; i < accounts_; ++i) out.accounts[recipient(i)].balance = u256{1u};
        return out;
    }

    static Address recipient(uint64_t number) {
        Address out = "0xbe00000000000000000000000000000000000000"_address;
        std::memcpy(out.data() + 12, &number, 8);
        return out;
    }

    /// Runs a call by the founder, whose key is the last one, and hands back its answer.
    template <class Function, class... T>
    auto run(const Address& to, const T&... arguments) {
        const Bytes data = Function::calldata(arguments...);
        CallRequest request;
        request.from = address_of(keys_.back());
        request.to = to;
        request.data = data;
        const auto simulated =
            simulate(*chain_->head(), chain_->next_environment(1), chain_->rules(), request);
        check(simulated.ok() && simulated->result.status == Status::success,
              "the founder's calls succeed");
        if (!Function::is_view) {
            submit(signed_call(keys_.back(), founder_nonce_++, to, data, 5'000'000));
            check(produce()->receipts.at(0).success, "the founder's calls succeed");
        }
        return simulated->result.output;
    }

    void submit(const TransactionPtr& transaction) {
        const auto outcome = chain_->submit(transaction);
        check(outcome.ok(), outcome.ok() ? "" : outcome.error().what);
    }

    void found_token() {
        const auto word = [](const Bytes& output) { return abi::decode_one<Hash>(output).value(); };
        const Hash schema = word(
            run<Register>(contracts::attestations, std::string("string name"), Address{}, true));
        eas::AttestationRequest request;
        request.schema = schema;
        request.data.revocable = true;
        const Hash record = word(run<Attest>(contracts::attestations, request));

        Hash name;
        std::ranges::copy(view_of("AssetToken"), name.bytes.begin());
        const u256 supply = 1'000'000'000'000'000'000_u256;
        const Bytes params = abi::encode(
            TokenParams{"Bench", "BENCH", 6, record, address_of(keys_.back()), supply, false});
        token_ =
            abi::decode_one<std::vector<Address>>(run<Launch>(contracts::launcher, name, params))
                .value()
                .at(0);
        for (uint64_t i = 0; i < senders_; ++i) {
            submit(signed_call(keys_.back(), founder_nonce_++, token_,
                               Transfer::calldata(address_of(keys_[i]), u256{1'000'000'000u}),
                               100'000));
            if (chain_->pool().counts().executable == 4'000) produce();
        }
        while (chain_->pool().counts().executable != 0) produce();
    }

    void sign_transfers(size_t count) {
        std::mt19937_64 random(1);
        std::vector<uint64_t> nonces(senders_);
        for (size_t i = 0; i < count; ++i) {
            const size_t sender = random() % senders_;
            const Address to = recipient(random() % accounts_);
            raw_.push_back(signed_call(keys_[sender], nonces[sender]++, token_,
                                       Transfer::calldata(to, u256{1u}), 100'000)
                               ->raw);
        }
    }

    const uint64_t accounts_;
    const uint64_t senders_;
    std::vector<PrivateKey> keys_;
    std::unique_ptr<Chain> chain_;
    Address token_;
    uint64_t founder_nonce_ = 0;
    std::vector<Bytes> raw_;
};

/// Recoveries a second on two threads: nothing but libsecp256k1.
double recovery_rate(std::span<const Bytes> raw) {
    std::vector<std::pair<Hash, Signature>> signatures;
    for (const Bytes& each : raw) {
        const Transaction fields = decode_transaction(each).value();
        signatures.emplace_back(signing_hash(fields), fields.signature);
    }
    const auto start = Clock::now();
    {
        std::vector<std::jthread> threads;
        for (size_t worker = 0; worker < workers; ++worker)
            threads.emplace_back([&, worker] {
                for (size_t i = worker; i < signatures.size(); i += workers)
                    check(recover_public_key(signatures[i].first, signatures[i].second).has_value(),
                          "the signatures are good");
            });
    }
    return static_cast<double>(signatures.size()) / seconds_since(start);
}

struct Stage {
    double seconds = 0;
    double cpu = 0;  ///< seconds, too
};

struct Stages {
    Stage decode;
    Stage recover;  ///< with decoding
    Stage pool;
    Stage propose;
    Stage execute;  ///< with the root
    Stage root;     ///< again by itself, with nothing remembered from the blocks before
    Stage commit;
};

void check_all_succeeded(const std::vector<Receipt>& receipts) {
    for (const Receipt& receipt : receipts) check(receipt.success, "every transfer succeeds");
}

/// One thread, one stage after the other.
Stages run_stages(Bench& bench, std::span<const Bytes> raw) {
    Stages out;
    const auto timed = [](Stage& stage, auto&& body) {
        const auto start = Clock::now();
        const double before = cpu_seconds();
        auto result = body();
        stage.cpu += cpu_seconds() - before;
        stage.seconds += seconds_since(start);
        return result;
    };
    const auto for_all = [&](Stage& stage, const auto& items, auto&& body) {
        timed(stage, [&] {
            for (const auto& each : items) body(each);
            return true;
        });
    };
    std::vector<TransactionPtr> transactions;
    for_all(out.decode, raw,
            [](const Bytes& each) { check(decode_transaction(each).ok(), "the bytes are good"); });
    for_all(out.recover, raw,
            [&](const Bytes& each) { transactions.push_back(recover_transaction(each).value()); });
    for_all(out.pool, transactions, [&](const TransactionPtr& transaction) {
        check(bench.chain().submit(transaction).ok(), "it fits in");
    });
    while (bench.chain().pool().counts().executable != 0) {
        const Proposal proposal = timed(out.propose, [&] { return bench.chain().propose(1); });
        const auto parent = bench.chain().head();
        Executed executed = timed(out.execute, [&] { return bench.chain().execute(proposal); });
        timed(out.root,
              [&] { return update_root(*parent, parent->header().state_root, executed.changes); });
        check_all_succeeded(executed.receipts);
        timed(out.commit, [&] { return bench.chain().commit(std::move(executed)); });
    }
    return out;
}

/// As a node runs: transfers a second from the first byte to the last commit.
double run_whole(Bench& bench, std::span<const Bytes> raw) {
    const uint64_t first = bench.chain().head()->number();
    const Solo solo(bench.chain(), {.block_time = std::nullopt, .clock = system_clock_seconds});
    const auto start = Clock::now();
    {
        std::vector<std::jthread> threads;
        for (size_t worker = 0; worker < workers; ++worker)
            threads.emplace_back([&, worker] {
                // A sender's transfers stay in their order when a worker takes every second one,
                // but for small gaps.
                for (size_t i = worker; i < raw.size(); i += workers) {
                    const auto outcome = bench.chain().submit(raw[i]);
                    check(outcome.ok(), outcome.ok() ? "" : outcome.error().what);
                }
            });
    }
    while (bench.chain().pool().counts().executable != 0)
        std::this_thread::sleep_for(std::chrono::milliseconds(1));
    const double seconds = seconds_since(start);
    size_t count = 0;
    const auto head = bench.chain().head();
    for (uint64_t number = first + 1; number <= head->number(); ++number) {
        const std::vector<Receipt> receipts = head->receipts(number).value();
        check_all_succeeded(receipts);
        count += receipts.size();
    }
    check(count == raw.size(), "every transfer is in a block");
    return static_cast<double>(raw.size()) / seconds;
}

void print_stage(const char* name, const Stage& stage, size_t count) {
    const double scale = 1e6 / static_cast<double>(count);
    std::printf("  %-8s %8.2f us a transfer, %8.2f us of CPU\n", name, scale * stage.seconds,
                scale * stage.cpu);
}

void run(const std::filesystem::path& directory, size_t count, uint64_t accounts) {
    Bench bench(directory, 2 * count, accounts);
    const std::span<const Bytes> raw = bench.raw();
    const double recoveries = recovery_rate(raw.first(std::min<size_t>(count, 10'000)));

    const Stages stages = run_stages(bench, raw.first(count));
    std::printf("stages, one after the other on one thread, %zu transfers\n", count);
    print_stage("decode", stages.decode, count);
    print_stage("recover", stages.recover, count);
    print_stage("pool", stages.pool, count);
    print_stage("propose", stages.propose, count);
    print_stage("execute", stages.execute, count);
    print_stage("(root)", stages.root, count);
    print_stage("commit", stages.commit, count);

    const uint64_t first = bench.chain().head()->number();
    const double cpu_before = cpu_seconds();
    const double rate = run_whole(bench, raw.subspan(count));
    const double cpu = 1e6 * (cpu_seconds() - cpu_before) / static_cast<double>(count);
    std::printf("whole path, %zu transfers in %llu blocks\n", count,
                static_cast<unsigned long long>(bench.chain().head()->number() - first));
    std::printf("  transfers   %8.0f a second\n", rate);
    std::printf("  CPU         %8.2f us a transfer\n", cpu);
    std::printf("  recoveries  %8.0f a second on %zu threads\n", recoveries, workers);
    std::printf("  share       %8.2f (goal: %s)\n", rate / recoveries,
                accounts <= 100'000 ? "0.50" : "0.35");
}

}  // namespace
}  // namespace plume

int main(int argc, char** argv) {
    const size_t count = argc > 1 ? std::strtoul(argv[1], nullptr, 10) : 20'000;
    const uint64_t accounts = argc > 2 ? std::strtoul(argv[2], nullptr, 10) : 100'000;
    if (count == 0 || count > 1'000'000 || accounts < 10 || accounts > 10'000'000) {
        std::fprintf(stderr,
                     "usage: transfers_bench [TRANSFERS, at most 1000000] "
                     "[ACCOUNTS, 10 to 10000000] [DIRECTORY]\n");
        return 2;
    }
    plume::log::set_level(plume::log::Level::warn);
    const plume::test::TemporaryDirectory temporary;
    plume::run(argc > 3 ? std::filesystem::path(argv[3]) : temporary.path(), count, accounts);
}
