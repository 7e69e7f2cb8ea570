// Native contracts beside Solidity's on the same state and the same host: what an operation takes
// and costs; and how distribution grows with the number of holders.
//
//   contracts_bench FOLDER [HOLDERS] [PAID]
//
// FOLDER has the init code of tests/clients/contracts/Measured.sol's contracts as <name>.hex, which
// tests/clients/bench/contracts.mjs compiles. HOLDERS is the most to distribute to, PAID how many
// are paid one by one.
//
// An operation is one transaction without its signature, its intrinsic gas, the state's root and
// the disk: warm up sender and target, call, and undo it all untimed, so that each run finds the
// same. "Checked" adds what a node does after it: asking every native contract that was written to
// whether its invariants hold, which bytecode has none of.
#include <algorithm>
#include <chrono>
#include <cstdio>
#include <filesystem>
#include <fstream>

#include "base/thread.hpp"
#include "chain/scheduled.hpp"
#include "contracts/revenue_vault.hpp"
#include "contracts/scheduler.hpp"
#include "support/vaults.hpp"

namespace plume {
namespace {

using Clock = std::chrono::steady_clock;
using test::person;
using test::VaultWorld;

constexpr size_t run_count = 2'001;
constexpr uint64_t gas_limit = 16'000'000;
const Address owner = VaultWorld::steward();
const Address alice = person(31);
const Address bob = person(32);
const u256 plenty = u256{1u} << 100;

double nanoseconds_since(Clock::time_point start) {
    return std::chrono::duration<double, std::nano>(Clock::now() - start).count();
}

double median(std::vector<double>& times) {
    const auto middle = times.begin() + static_cast<std::ptrdiff_t>(times.size() / 2);
    std::ranges::nth_element(times, middle);
    return *middle;
}

Address holder(uint64_t n) {
    return to_address((u256{0xbe00u} << 144) + u256{n});
}

/// A call of a contract by somebody.
struct Operation {
    Address from;
    Address to;
    Bytes data;
};

struct Cost {
    double call = 0;     ///< nanoseconds
    double checked = 0;  ///< with the invariants
    uint64_t gas = 0;    ///< without the intrinsic gas, before refunds
};

class Bench : public VaultWorld {
public:
    explicit Bench(std::filesystem::path folder)
        : folder_(std::move(folder)), natives_(native_types().begin(), native_types().end()) {
        natives_.push_back(test::switchboard_type());
    }

    std::span<const NativeType> natives() const { return natives_; }

    /// Does it, for good and without asking for invariants.
    Bytes perform(const Operation& operation) {
        state().begin_transaction();
        Execution execution{state(), block(), natives_, operation.from, {}};
        CallResult result = call(execution, message(operation));
        state().end_transaction();
        check(result.status == Status::success, "what is measured succeeds");
        return std::move(result.output);
    }

    Cost measure(const Operation& operation) {
        std::vector<double> calls;
        std::vector<double> checked;
        Cost out;
        for (size_t i = 0; i < run_count; ++i) {
            state().begin_transaction();
            const State::Mark mark = state().mark();
            const auto start = Clock::now();
            state().warm_up(operation.from);
            state().warm_up(operation.to);
            Execution execution{state(), block(), natives_, operation.from, {}};
            const CallResult result = call(execution, message(operation));
            calls.push_back(nanoseconds_since(start));
            const auto broken = find_broken(execution);
            checked.push_back(nanoseconds_since(start));
            check(result.status == Status::success && !broken, "what is measured succeeds");
            out.gas = gas_limit - result.gas_left;
            state().rollback(mark);
            state().end_transaction();
        }
        out.call = median(calls);
        out.checked = median(checked);
        return out;
    }

    /// A contract of bytecode, by the owner.
    template <class... T>
    Address deploy(const std::string& name, const T&... arguments) {
        std::ifstream file(folder_ / (name + ".hex"));
        std::string hex;
        file >> hex;
        Bytes init_code = from_hex(hex).value();
        append(init_code, abi::encode(arguments...));
        const Address created = to_address(u256{0x50110000u + ++deployed_});
        state().begin_transaction();
        Execution execution{state(), block(), natives_, owner, {}};
        const CallResult result = plume::create(execution,
                                                {.kind = CallKind::create,
                                                 .gas = gas_limit,
                                                 .sender = owner,
                                                 .recipient = created,
                                                 .code_address = created,
                                                 .value = {},
                                                 .input = {}},
                                                init_code);
        state().end_transaction();
        check(result.status == Status::success, "the contract is made");
        return created;
    }

    TokenParams params(const u256& supply) const {
        return {.name = "Shares",
                .symbol = "S",
                .decimals = 6,
                .record = mission(),
                .issuer = owner,
                .initial_supply = supply,
                .mintable = false};
    }
    /// Shares of the owner's that earn the world's currency, which he has approved.
    Address make_shares() {
        const Address out = create_one("AssetToken", params(plenty));
        send<"listCurrency(address)">(owner, out, currency());
        approve(owner, currency(), out);
        return out;
    }
    template <class... T>
    Address create_one(std::string_view type, const T&... arguments) {
        const auto out = VaultWorld::create(
            owner, type, keccak256(std::string(type) + std::to_string(++deployed_)), arguments...);
        check(out.ok(), "the contract is made");
        return out.template value<Address>();
    }
    void approve(const Address& from, const Address& token, const Address& spender) {
        perform({from, token, calldata<"approve(address,uint256)">(spender, u256_max)});
    }
    void give(const Address& token, const Address& to, uint64_t value) {
        perform({owner, token, calldata<"transfer(address,uint256)">(to, u256{value})});
    }

private:
    static Message message(const Operation& operation) {
        return {.kind = CallKind::call,
                .gas = gas_limit,
                .sender = operation.from,
                .recipient = operation.to,
                .code_address = operation.to,
                .value = {},
                .input = operation.data};
    }

    std::filesystem::path folder_;
    std::vector<NativeType> natives_;
    uint64_t deployed_ = 0;
};

void print_pair(Bench& bench, const char* name, const Operation& native,
                const Operation& solidity) {
    const Cost ours = bench.measure(native);
    const Cost theirs = bench.measure(solidity);
    std::printf("%-22s %8.0f %9.0f %8llu %9.0f %8llu %7.1f %8.1f %7.2f\n", name, ours.call,
                ours.checked, static_cast<unsigned long long>(ours.gas), theirs.call,
                static_cast<unsigned long long>(theirs.gas), theirs.call / ours.call,
                theirs.checked / ours.checked,
                static_cast<double>(ours.gas) / static_cast<double>(theirs.gas));
}

Bytes transfer_to(const Address& to) {
    return Bench::calldata<"transfer(address,uint256)">(to, u256{3u});
}

/// Both sides of all of them move between accounts that have some already.
void compare_tokens(Bench& bench, const Address& plain) {
    const Address& native = bench.currency();
    for (const Address& token : {native, plain}) {
        bench.give(token, alice, 1'000'000);
        bench.give(token, bob, 1'000'000);
        bench.perform(
            {alice, token, Bench::calldata<"approve(address,uint256)">(bob, u256{1'000'000u})});
    }
    const auto pair = [&](const char* name, const Address& from, const Bytes& data) {
        print_pair(bench, name, {from, native, data}, {from, plain, data});
    };
    pair("transfer", alice, transfer_to(bob));
    pair("approve", alice, Bench::calldata<"approve(address,uint256)">(bob, u256{77u}));
    pair("transferFrom", bob,
         Bench::calldata<"transferFrom(address,address,uint256)">(alice, bob, u256{3u}));
}

/// Into a milestone vault, beside an ERC-4626 one.
void compare_deposits(Bench& bench, const Address& plain) {
    bench.open_vault({1'000'000'000'000});
    const Address vault = bench.vault();
    const Address pot = bench.deploy("Pot", plain);
    bench.approve(alice, bench.currency(), vault);
    bench.approve(alice, plain, pot);
    const Operation native{
        alice, vault,
        Bench::calldata<"contribute(uint256,address,bytes32)">(u256{1'000u}, alice, Hash{})};
    const Operation solidity{alice, pot,
                             Bench::calldata<"deposit(uint256,address)">(u256{1'000u}, alice)};
    bench.perform(native);
    bench.perform(solidity);
    print_pair(bench, "contribute / deposit", native, solidity);
}

/// A milestone's tranche, whose condition is asked, beside a VestingWallet.
void compare_releases(Bench& bench, const Address& plain) {
    bench.open_vault({2, 1'000});
    bench.give(bench.currency(), VaultWorld::teacher(0), 5);
    bench.give(plain, VaultWorld::teacher(0), 5);
    check(bench.contribute(person(33), u256{1'002u}).ok(), "the vault is filled");
    bench.turn(0, test::Switchboard::on);
    const uint64_t now = bench.block().timestamp;
    const Address wallet =
        bench.deploy("Vesting", VaultWorld::teacher(0), now - 500, uint64_t{1'000});
    bench.give(plain, wallet, 1'000);
    const Operation solidity{owner, wallet, Bench::calldata<"release(address)">(plain)};
    bench.perform(solidity);
    bench.advance(10);
    print_pair(bench, "release",
               {owner, bench.vault(), Bench::calldata<"release(uint256)">(u256{})}, solidity);
}

void compare_revenue(Bench& bench, const Address& plain) {
    const Address native = bench.make_shares();
    const Address solidity = bench.deploy("Dividends", plain, plenty);
    bench.approve(owner, plain, solidity);
    for (const Address& shares : {native, solidity}) {
        bench.give(shares, alice, 1'000'000'000);
        bench.give(shares, bob, 1'000'000'000);
    }
    const u256 amount = u256{1u} << 80;
    const Operation distribute{
        owner, native, Bench::calldata<"distribute(address,uint256)">(bench.currency(), amount)};
    const Operation their_distribute{owner, solidity,
                                     Bench::calldata<"distribute(uint256)">(amount)};
    const Operation claim{owner, native,
                          Bench::calldata<"claimFor(address,address)">(alice, bench.currency())};
    const Operation their_claim{owner, solidity, Bench::calldata<"claimFor(address)">(alice)};
    for (int i = 0; i < 2; ++i) {  // Once to make the slots, once for something to claim.
        bench.next_block();
        bench.perform(distribute);
        bench.perform(their_distribute);
        if (i == 1) break;
        bench.perform(claim);
        bench.perform(their_claim);
    }
    bench.next_block();
    print_pair(bench, "distribute", distribute, their_distribute);
    print_pair(bench, "claim", claim, their_claim);
    print_pair(bench, "transfer of shares", {alice, native, transfer_to(bob)},
               {alice, solidity, transfer_to(bob)});
}

void compare_all(const std::filesystem::path& folder) {
    Bench bench(folder);
    const Address plain = bench.deploy("Plain", plenty << 60);
    std::printf("median of %zu runs; ns, gas without the intrinsic; goals: 3 times, 1.00 of gas\n",
                run_count);
    std::printf("%-22s %8s %9s %8s %9s %8s %7s %8s %7s\n", "operation", "native", "checked", "gas",
                "Solidity", "gas", "times", "checked", "of gas");
    compare_tokens(bench, plain);
    compare_deposits(bench, plain);
    compare_releases(bench, plain);
    compare_revenue(bench, plain);
}

/// Distribution does not look at holders, however many there are.
void distribute_to_many(const std::filesystem::path& folder, uint64_t holders_max) {
    Bench bench(folder);
    const Address shares = bench.make_shares();
    const Operation distribute{
        owner, shares,
        Bench::calldata<"distribute(address,uint256)">(bench.currency(), u256{1u} << 80)};
    uint64_t holders = 0;
    for (const uint64_t target : {uint64_t{10}, uint64_t{1'000}, holders_max}) {
        while (holders < target) bench.give(shares, holder(holders++), 1'000'000);
        bench.next_block();
        bench.perform(distribute);
        const Cost cost = bench.measure(distribute);
        std::printf("distribute to %8llu holders: %6.0f ns, %6.0f checked, %llu gas\n",
                    static_cast<unsigned long long>(holders), cost.call, cost.checked,
                    static_cast<unsigned long long>(cost.gas));
    }
}

/// Jobs that push, each second, until every holder has been passed; for how many seconds.
uint64_t schedule_pushes(Bench& bench, const Address& vault, uint64_t runs) {
    constexpr uint64_t jobs = 8;
    constexpr uint64_t push_gas = 5'000'000;
    const Bytes push = Bench::calldata<"pushNext(address,uint256)">(bench.currency(),
                                                                    u256{RevenueVault::push_max});
    const uint64_t seconds = (runs + jobs - 1) / jobs;
    const Recurrence recurrence{1, Recurrence::seconds, static_cast<uint32_t>(seconds)};
    bench.state().set_balance(owner, exp(u256{10u}, u256{24u}));
    for (uint64_t job = 0; job < jobs; ++job) {
        const auto out = bench.send_data(
            owner, contracts::scheduler,
            Bench::calldata<
                "schedule(address target, bytes data, uint64 gasLimit, uint64 due, (uint32 "
                "period, uint8 unit, uint32 count) recurrence)">(
                vault, push, push_gas, bench.block().timestamp + 1, recurrence),
            exp(u256{10u}, u256{18u}));
        check(out.ok(), "the pushes are scheduled");
    }
    return seconds;
}

void push_to_many(const std::filesystem::path& folder, uint64_t paid) {
    Bench bench(folder);
    const RevenueTerms terms{.currencies = {bench.currency()},
                             .lines = {},
                             .beneficiary = owner,
                             .tax_authority = {},
                             .tax_payee = {}};
    const u256 supply{10 * paid};
    const Address vault = bench.create_one("RevenueShare", bench.params(supply), terms);
    bench.approve(owner, bench.currency(), vault);
    for (uint64_t n = 0; n < paid; ++n) bench.give(vault, holder(n), 10);
    bench.next_block();
    bench.perform(
        {owner, vault,
         Bench::calldata<"distribute(address,uint256)">(bench.currency(), u256{100 * paid})});
    // One more is the owner, who is on the list with nothing.
    const uint64_t seconds = schedule_pushes(bench, vault, paid / RevenueVault::push_max + 1);

    uint64_t runs = 0;
    uint64_t gas = 0;
    const auto start = Clock::now();
    for (uint64_t second = 0; second < seconds; ++second) {
        bench.advance(1);
        while (const auto due = due_call(bench.state(), bench.block(), bench.natives())) {
            const Transacted done =
                run_scheduled(bench.state(), bench.block(), bench.natives(), *due, nullptr);
            gas += done.gas_used;
            ++runs;
        }
    }
    const double taken = nanoseconds_since(start) / 1e9;
    for (uint64_t n = 0; n < paid; ++n)
        check(bench.money_of(holder(n)) == u256{100u}, "everybody is paid once");
    std::printf(
        "pushed to %llu holders in %llu scheduled runs: %.0f holders a second, %.0f gas "
        "a holder\n",
        static_cast<unsigned long long>(paid), static_cast<unsigned long long>(runs),
        static_cast<double>(paid) / taken, static_cast<double>(gas) / static_cast<double>(paid));
}

}  // namespace
}  // namespace plume

int main(int argc, char** argv) {
    const uint64_t holders = argc > 2 ? std::strtoull(argv[2], nullptr, 10) : 1'000'000;
    const uint64_t paid = argc > 3 ? std::strtoull(argv[3], nullptr, 10) : 100'000;
    if (argc < 2 || !std::filesystem::is_directory(argv[1]) || holders < 1'000 || paid < 1) {
        std::fprintf(stderr, "usage: contracts_bench FOLDER [HOLDERS, at least 1000] [PAID]\n");
        return 2;
    }
    const std::filesystem::path folder = argv[1];
    const plume::Thread worker("bench", [&] {
        plume::compare_all(folder);
        plume::distribute_to_many(folder, holders);
        plume::push_to_many(folder, paid);
    });
}
