// Native contracts beside Solidity's on the same state and the same host: what an operation takes
// and costs; and how distribution grows with the number of holders.
//
//   contracts_bench FOLDER [HOLDERS] [PAID]
//
// FOLDER has the init code of the contracts in tests/clients/contracts/Measured.sol (the nearest of
// OpenZeppelin's) and Counterparts.sol (Solidity that does the same) as <name>.hex, which
// tests/clients/bench/contracts.mjs compiles. HOLDERS is the most to distribute to, PAID how many
// are paid one by one.
//
// An operation is one transaction without its signature, its intrinsic gas, the state's root and
// the disk: warm up sender and target, call, and undo it all untimed, so that each run finds the
// same. "Checked" adds what a node does after it: asking every native contract that was written to
// whether its invariants hold, which bytecode has none of. "New" is a call whose storage keys
// nobody has asked for of late, so that each is hashed once.
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
constexpr size_t new_run_count = 201;  // Each takes as long as thousands of calls.
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
    double fresh = 0;    ///< without a storage key that is remembered
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
        std::vector<double> fresh;
        Cost out;
        for (size_t i = 0; i < run_count; ++i) {
            const Run run = run_once(operation);
            calls.push_back(run.call);
            checked.push_back(run.checked);
            out.gas = run.gas;
        }
        for (size_t i = 0; i < new_run_count; ++i) {
            forget_keys();
            fresh.push_back(run_once(operation).call);
        }
        out.call = median(calls);
        out.checked = median(checked);
        out.fresh = median(fresh);
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
    struct Run {
        double call;
        double checked;
        uint64_t gas;
    };

    Run run_once(const Operation& operation) {
        state().begin_transaction();
        const State::Mark mark = state().mark();
        const auto start = Clock::now();
        state().warm_up(operation.from);
        state().warm_up(operation.to);
        Execution execution{state(), block(), natives_, operation.from, {}};
        const CallResult result = call(execution, message(operation));
        const double taken = nanoseconds_since(start);
        const auto broken = find_broken(execution);
        const double checked = nanoseconds_since(start);
        check(result.status == Status::success && !broken, "what is measured succeeds");
        state().rollback(mark);
        state().end_transaction();
        return {taken, checked, gas_limit - result.gas_left};
    }

    /// Fills what native/slot.cpp remembers with other keys.
    void forget_keys() {
        static constexpr Map<u256, u256> elsewhere{u256{0x656c7365u}};
        for (uint64_t i = 0; i < 4'096; ++i)
            check(!elsewhere[u256{++forgotten_}].position.is_zero(), "no hash is zero");
    }

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
    uint64_t forgotten_ = 0;
};

void print_heading() {
    std::printf(
        "median of %zu runs; ns, gas without the intrinsic; goals: 3 times, 1.00 of gas\n%-22s "
        "%-13s %7s %7s %8s %7s %8s %7s %6s %6s %8s %7s\n",
        run_count, "operation", "beside", "native", "new", "checked", "gas", "Solidity", "gas",
        "times", "new", "checked", "of gas");
}

/// Beside the nearest contract of OpenZeppelin's, and beside one that does the same.
void print_pairs(Bench& bench, const char* name, const Operation& native, const char* near_name,
                 const Operation& near, const Operation& same) {
    const Cost ours = bench.measure(native);
    const auto print = [&](const char* beside, const Cost& theirs) {
        std::printf("%-22s %-13s %7.0f %7.0f %8.0f %7llu %8.0f %7llu %6.1f %6.1f %8.1f %7.2f\n",
                    name, beside, ours.call, ours.fresh, ours.checked,
                    static_cast<unsigned long long>(ours.gas), theirs.call,
                    static_cast<unsigned long long>(theirs.gas), theirs.call / ours.call,
                    theirs.fresh / ours.fresh, theirs.checked / ours.checked,
                    static_cast<double>(ours.gas) / static_cast<double>(theirs.gas));
    };
    print(near_name, bench.measure(near));
    print("the same", bench.measure(same));
}

Bytes transfer_to(const Address& to) {
    return Bench::calldata<"transfer(address,uint256)">(to, u256{3u});
}

/// All move between accounts that have some already. A token that may come to earn looks whether it
/// does at every transfer, which a plain one need not.
void compare_tokens(Bench& bench, const Address& plain) {
    const Address& native = bench.currency();
    const Address same = bench.deploy("Earning", plenty << 60, Address{});
    for (const Address& token : {native, plain, same}) {
        bench.give(token, alice, 1'000'000);
        bench.give(token, bob, 1'000'000);
        bench.perform(
            {alice, token, Bench::calldata<"approve(address,uint256)">(bob, u256{1'000'000u})});
    }
    const auto pairs = [&](const char* name, const Address& from, const Bytes& data) {
        print_pairs(bench, name, {from, native, data}, "ERC20", {from, plain, data},
                    {from, same, data});
    };
    pairs("transfer", alice, transfer_to(bob));
    pairs("approve", alice, Bench::calldata<"approve(address,uint256)">(bob, u256{77u}));
    pairs("transferFrom", bob,
          Bench::calldata<"transferFrom(address,address,uint256)">(alice, bob, u256{3u}));
}

/// A milestone vault of bytecode with what it asks. Its currency is `plain`.
struct Counterpart {
    Address vault;
    Address switches;
};

Counterpart deploy_milestones(Bench& bench, const Address& plain,
                              const std::vector<uint64_t>& amounts) {
    const Address records = bench.deploy("Records");
    bench.perform(
        {owner, records, Bench::calldata<"attest(bytes32,bytes32)">(bench.mission(), Hash{{1}})});
    const Address switches = bench.deploy("Switches");
    std::vector<Tranche> plan;
    for (size_t i = 0; i < amounts.size(); ++i) {
        plan.push_back(bench.tranche(i, u256{amounts[i]}));
        plan.back().release.target = switches;
    }
    return {
        bench.deploy("Milestones", plain, records, bench.mission(), bench.funding_deadline(), plan),
        switches};
}

Bytes contribution(uint64_t amount) {
    return Bench::calldata<"contribute(uint256,address,bytes32)">(u256{amount}, alice, Hash{});
}

/// Into a milestone vault, beside an ERC-4626 one.
void compare_deposits(Bench& bench, const Address& plain) {
    bench.open_vault({1'000'000'000'000});
    const Address vault = bench.vault();
    const Address pot = bench.deploy("Pot", plain);
    const Address milestones = deploy_milestones(bench, plain, {1'000'000'000'000}).vault;
    bench.approve(alice, bench.currency(), vault);
    bench.approve(alice, plain, pot);
    bench.approve(alice, plain, milestones);
    const Operation native{alice, vault, contribution(1'000)};
    const Operation near{alice, pot,
                         Bench::calldata<"deposit(uint256,address)">(u256{1'000u}, alice)};
    const Operation same{alice, milestones, contribution(1'000)};
    for (const Operation& operation : {native, near, same}) bench.perform(operation);
    print_pairs(bench, "contribute / deposit", native, "ERC4626", near, same);
}

/// A milestone's tranche, whose condition is asked, beside a VestingWallet.
void compare_releases(Bench& bench, const Address& plain) {
    bench.open_vault({2, 1'000});
    bench.give(bench.currency(), VaultWorld::teacher(0), 5);
    bench.give(plain, VaultWorld::teacher(0), 5);
    check(bench.contribute(person(33), u256{1'002u}).ok(), "the vault is filled");
    bench.turn(0, test::Switchboard::on);
    const Counterpart same = deploy_milestones(bench, plain, {2, 1'000});
    bench.approve(alice, plain, same.vault);
    bench.perform({alice, same.vault, contribution(1'002)});
    bench.perform({owner, same.switches,
                   Bench::calldata<"turn(uint256,uint8)">(u256{}, test::Switchboard::on)});
    const uint64_t now = bench.block().timestamp;
    const Address wallet =
        bench.deploy("Vesting", VaultWorld::teacher(0), now - 500, uint64_t{1'000});
    bench.give(plain, wallet, 1'000);
    const Operation near{owner, wallet, Bench::calldata<"release(address)">(plain)};
    bench.perform(near);
    bench.advance(10);
    const Bytes release = Bench::calldata<"release(uint256)">(u256{});
    print_pairs(bench, "release", {owner, bench.vault(), release}, "VestingWallet", near,
                {owner, same.vault, release});
}

Bytes distribution(const Address& currency, const u256& amount) {
    return Bench::calldata<"distribute(address,uint256)">(currency, amount);
}

Bytes claim(const Address& currency) {
    return Bench::calldata<"claimFor(address,address)">(alice, currency);
}

void compare_revenue(Bench& bench, const Address& plain) {
    const Address native = bench.make_shares();
    const Address near = bench.deploy("Dividends", plain, plenty);
    const Address same = bench.deploy("Earning", plenty, plain);
    bench.approve(owner, plain, near);
    bench.approve(owner, plain, same);
    for (const Address& shares : {native, near, same}) {
        bench.give(shares, alice, 1'000'000'000);
        bench.give(shares, bob, 1'000'000'000);
    }
    const u256 amount = u256{1u} << 80;
    const std::array distribute{
        Operation{owner, native, distribution(bench.currency(), amount)},
        Operation{owner, near, Bench::calldata<"distribute(uint256)">(amount)},
        Operation{owner, same, distribution(plain, amount)}};
    const std::array claims{Operation{owner, native, claim(bench.currency())},
                            Operation{owner, near, Bench::calldata<"claimFor(address)">(alice)},
                            Operation{owner, same, claim(plain)}};
    for (int i = 0; i < 2; ++i) {  // Once to make the slots, once for something to claim.
        bench.next_block();
        for (const Operation& operation : distribute) bench.perform(operation);
        if (i == 1) break;
        for (const Operation& operation : claims) bench.perform(operation);
    }
    bench.next_block();
    const char* name = "Dividends";
    print_pairs(bench, "distribute", distribute[0], name, distribute[1], distribute[2]);
    print_pairs(bench, "claimFor", claims[0], name, claims[1], claims[2]);
    print_pairs(bench, "transfer of shares", {alice, native, transfer_to(bob)}, name,
                {alice, near, transfer_to(bob)}, {alice, same, transfer_to(bob)});
}

void compare_all(const std::filesystem::path& folder) {
    Bench bench(folder);
    const Address plain = bench.deploy("Plain", plenty << 60);
    print_heading();
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
