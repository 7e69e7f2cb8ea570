// How a block, its commit, reads and a start grow with the state.
//
//   growth_bench [ACCOUNTS]...      TMPDIR says where the chains lie
//
// For each number of accounts a chain is founded with them; then blocks of 2,000 payments to random
// accounts are executed and committed to the disk, the chain is opened again, and accounts are read
// at random, none of them in memory yet. Times are microseconds a payment or a read.
#include <chrono>
#include <cstdio>
#include <filesystem>
#include <random>

#include "base/log.hpp"
#include "chain/chain.hpp"
#include "contracts/catalog.hpp"
#include "support/temporary_directory.hpp"
#include "support/transactions.hpp"

namespace plume {
namespace {

using namespace literals;
using Clock = std::chrono::steady_clock;

constexpr size_t block_size = 2'000;
constexpr size_t blocks = 10;
constexpr uint16_t sender_count = 2'000;
constexpr size_t reads = 20'000;

double microseconds_since(Clock::time_point start) {
    return std::chrono::duration<double, std::micro>(Clock::now() - start).count();
}

Address account_of(uint64_t number) {
    Address out = "0xbe00000000000000000000000000000000000000"_address;
    std::memcpy(out.data() + 12, &number, 8);
    return out;
}

Genesis genesis(uint64_t accounts) {
    Genesis out;
    out.chain_id = test::chain_id;
    out.base_fee = {};
    for (uint16_t i = 0; i < sender_count; ++i)
        out.accounts[address_of(test::key(static_cast<uint16_t>(i + 1)))].balance =
            1'000'000'000'000'000'000_u256;
    for (uint64_t i = sender_count; i < accounts; ++i)
        out.accounts[account_of(i)].balance = u256{1u};
    return out;
}

std::unique_ptr<Chain> open(const std::filesystem::path& directory,
                            const std::optional<Genesis>& founding) {
    auto opened = Chain::open(directory, founding, native_types());
    check(opened.ok(), opened.ok() ? "" : opened.error().what);
    return std::move(opened).value();
}

struct Times {
    double execute = 0;  ///< with the root
    double commit = 0;
};

Times make_blocks(Chain& chain, uint64_t accounts) {
    std::mt19937_64 random(accounts);
    Times out;
    for (size_t block = 0; block < blocks; ++block) {
        for (uint16_t i = 0; i < block_size; ++i) {
            const auto sent = chain.submit(
                test::signed_payment(test::key(static_cast<uint16_t>(i % sender_count + 1)), block,
                                     account_of(random() % accounts), u256{1u}));
            check(sent.ok(), sent.ok() ? "" : sent.error().what);
        }
        const Proposal proposal = chain.propose(1);
        auto start = Clock::now();
        Executed executed = chain.execute(proposal);
        out.execute += microseconds_since(start);
        start = Clock::now();
        check(chain.commit(std::move(executed))->receipts.size() == block_size, "all of them fit");
        out.commit += microseconds_since(start);
    }
    out.execute /= block_size * blocks;
    out.commit /= block_size * blocks;
    return out;
}

double read_time(const Chain& chain, uint64_t accounts) {
    std::mt19937_64 random(7);
    const auto head = chain.head();
    const auto start = Clock::now();
    for (size_t i = 0; i < reads; ++i) {
        const uint64_t number = sender_count + random() % (accounts - sender_count);
        check(head->account(account_of(number)).has_value(), "it was there from the start");
    }
    return microseconds_since(start) / reads;
}

void run(uint64_t accounts) {
    const test::TemporaryDirectory directory;
    auto start = Clock::now();
    auto chain = open(directory.path(), genesis(accounts));
    const double founding = microseconds_since(start) / 1e6;
    const Times times = make_blocks(*chain, accounts);
    chain.reset();
    start = Clock::now();
    chain = open(directory.path(), std::nullopt);
    const double opening = microseconds_since(start) / 1e3;
    const double read = read_time(*chain, accounts);
    std::printf("| %10llu | %8.1f | %8.2f | %8.2f | %8.2f | %8.0f |\n",
                static_cast<unsigned long long>(accounts), founding, times.execute, times.commit,
                read, opening);
    std::fflush(stdout);
}

}  // namespace
}  // namespace plume

int main(int argc, char** argv) {
    plume::log::set_level(plume::log::Level::warn);
    std::vector<uint64_t> sizes;
    for (int i = 1; i < argc; ++i) sizes.push_back(std::strtoul(argv[i], nullptr, 10));
    if (sizes.empty()) sizes = {10'000, 100'000, 1'000'000};
    for (const uint64_t size : sizes)
        if (size <= plume::sender_count || size > 10'000'000) {
            std::fprintf(stderr, "usage: growth_bench [ACCOUNTS, 2001 to 10000000]...\n");
            return 2;
        }
    std::printf("| accounts   | founding s | execute us | commit us | read us | start ms |\n");
    std::printf("|---|---|---|---|---|---|\n");
    for (const uint64_t size : sizes) plume::run(size);
}
