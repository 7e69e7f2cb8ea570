#include <signal.h>
#include <sys/wait.h>
#include <unistd.h>

#include <atomic>
#include <cstring>
#include <fstream>
#include <iostream>
#include <thread>

#include "chain/execute.hpp"
#include "contracts/catalog.hpp"
#include "rpc/client.hpp"
#include "store/schema.hpp"
#include "torture/images.hpp"
#include "torture/process.hpp"
#include "torture/report.hpp"
#include "torture/tortures.hpp"

namespace plume::torture {

namespace {

namespace fs = std::filesystem;
namespace json = boost::json;

constexpr size_t clients = 4;
constexpr size_t started_every = 20;

/// One life of a node: how much it is given to do, and how it ends.
struct Session {
    size_t transactions;
    int signal;
};

struct Workload {
    std::string name;
    LoadKind kind;
    std::vector<Session> sessions;
};

const std::vector<Workload> workloads = {
    {"payments", LoadKind::payments, {{500, SIGKILL}}},
    {"contracts", LoadKind::contracts, {{500, SIGTERM}}},
    {"restarts",
     LoadKind::contracts,
     {{60, SIGKILL},
      {60, SIGTERM},
      {60, SIGKILL},
      {60, SIGTERM},
      {60, SIGKILL},
      {60, SIGTERM},
      {60, SIGKILL},
      {60, SIGTERM}}},
    {"large", LoadKind::large, {{60, SIGKILL}, {60, SIGTERM}, {40, SIGTERM}}},
};

/// The program, started under the shim with its disk logged.
class Program {
public:
    Program(const Plan& plan, const fs::path& data, const fs::path& log) {
        std::array<int, 2> pipe{};
        check(::pipe(pipe.data()) == 0, "a pipe can be made");
        const fs::path genesis_file = data.string() + ".genesis";
        std::ofstream(genesis_file) << genesis_text();
        child_ = ::fork();
        check(child_ >= 0, "a process can be made");
        if (child_ == 0) {
            ::setenv("PLUME_TORTURE_DIR", data.c_str(), 1);
            ::setenv("PLUME_TORTURE_LOG", log.c_str(), 1);
            ::dup2(pipe[1], STDOUT_FILENO);
            ::execl(plan.binary.c_str(), "plume", "start", "--data", data.c_str(), "--genesis",
                    genesis_file.c_str(), "--port", "0", "--json", "--quiet", nullptr);
            std::_Exit(127);
        }
        ::close(pipe[1]);
        std::string line;
        for (char c = 0; ::read(pipe[0], &c, 1) == 1 && c != '\n';) line += c;
        ::close(pipe[0]);
        check(line.starts_with("{"), "the program under torture starts");
        url_ = std::string(json::parse(line).at("rpc").as_string());
    }

    const std::string& url() const { return url_; }

    void end(int signal) const {
        ::kill(child_, signal);
        int status = 0;
        check(::waitpid(child_, &status, 0) == child_, "a process can be waited for");
        const bool is_orderly = WIFEXITED(status) && WEXITSTATUS(status) == 0;
        check(is_orderly || signal == SIGKILL, "a node that is told to stop ends in good order");
    }

private:
    pid_t child_ = 0;
    std::string url_;
};

/// Sends one transaction after another, waiting for each receipt, and notes it.
void send_all(const std::string& url, const std::vector<Bytes>& load, const Witness& witness) {
    auto client = rpc::Client::make(url);
    check(client.ok(), "a node's address can be read");
    for (const Bytes& raw : load) {
        const auto reply = client->call("eth_sendRawTransactionSync", {json::string(to_hex(raw))});
        check(reply.ok() && !reply->error, reply ? reply->error->message : reply.error().what);
        const auto& receipt = reply->result.as_object();
        const auto hash = [&](const char* member) {
            return *Hash::from(*from_hex(std::string(receipt.at(member).as_string())));
        };
        const std::string number(receipt.at("blockNumber").as_string());
        witness.note(
            {std::stoull(number, nullptr, 16), hash("blockHash"), hash("transactionHash")});
    }
}

/// Runs a workload on the program and leaves its log.
void record(const Plan& plan, const Workload& workload, const fs::path& data, const fs::path& log) {
    const Ended ended = in_child(
        [&] {
            Load source(workload.kind, plan.seed);
            for (const Session& session : workload.sessions) {
                const Program program(plan, data, log);
                const Witness witness(log);
                const auto rows = source.take_rows(session.transactions, clients);
                std::vector<std::jthread> threads;
                for (const auto& row : rows)
                    threads.emplace_back([&] { send_all(program.url(), row, witness); });
                threads.clear();
                program.end(session.signal);
            }
            return 0;
        },
        600);
    check(ended.code == 0, workload.name + ": " + ended.text());
}

/// Makes images of a log and judges each; how many are wrong stays in the report.
void judge_images(const fs::path& log_file, const fs::path& data, size_t trials, uint64_t seed,
                  bool is_control, Report& report) {
    const RecordLog log(log_file);
    const auto& records = log.records();
    std::mt19937_64 random(seed);
    std::vector<size_t> cuts;
    for (size_t i = 0; i < trials; ++i) cuts.push_back(random() % (records.size() + 1));
    std::ranges::sort(cuts);
    Disk disk(data);
    const fs::path image = data.string() + ".image";
    size_t at = 0;
    for (size_t i = 0; i < trials; ++i) {
        while (at < cuts[i]) disk.apply(records[at++]);
        const auto fate = static_cast<Fate>(random() % fate_count);
        const uint64_t image_seed = random();
        std::mt19937_64 image_random(image_seed);
        disk.make_image(image, fate, random() % 2 == 0, image_random);
        const bool is_started = i % started_every == 0 && !is_control;
        const std::string why = judge(image, disk.seen(), is_started);
        report.count("images");
        report.count("acknowledgements held against them", disk.seen().size());
        if (is_started) report.count("started");
        if (why.empty()) continue;
        if (is_control)
            report.count("found");
        else
            report.wrong("record " + std::to_string(at) + " of " + log_file.string() + ", " +
                         fate_names[static_cast<size_t>(fate)] + ", image seed " +
                         std::to_string(image_seed) + ": " + why);
    }
    if (!disk.unmodelled().empty()) report.wrong("not modelled: " + disk.unmodelled());
    fs::remove_all(image);
}

void record_small_tables(const Plan& plan, const fs::path& data, const fs::path& log,
                         TablesKind kind) {
    const Ended ended = in_child(
        [&] {
            ::setenv("PLUME_TORTURE_DIR", data.c_str(), 1);
            ::setenv("PLUME_TORTURE_LOG", log.c_str(), 1);
            const std::string seed = std::to_string(plan.seed);
            const std::string how = std::to_string(static_cast<unsigned>(kind));
            ::execl(plan.self.c_str(), "plume-torture", "small-tables", data.c_str(), log.c_str(),
                    how.c_str(), seed.c_str(), nullptr);
            return 127;
        },
        600);
    check(ended.code == 0, "small tables: " + ended.text());
}

/// A disk that does not sync must be found wanting.
bool torture_control(const Plan& plan, const std::string& name, const fs::path& data,
                     const fs::path& log) {
    Report report("power cut, control: " + name);
    constexpr size_t control_trials_max = 200;
    judge_images(log, data, std::min(plan.trials, control_trials_max), plan.seed, true, report);
    if (!report.has("found")) report.wrong("nothing was found, though nothing was synced");
    return report.print();
}

/// A step of pruning after each block, and what else pruning does now and then.
class PruningBeside {
public:
    explicit PruningBeside(Store& store) : store_(store) {}

    void after(uint64_t block) {
        constexpr uint64_t history = 20;
        constexpr uint64_t stride = 8;
        if (block % stride == 0 && block >= history) store_.keep_from(block + 1 - history);
        if (store_.noted_kept_from() > store_.head()->swept()) step_ = store_.prune(step_);
        if (block % stride == stride - 1)
            for (unsigned part = 0; part < schema::history_parts; ++part)
                store_.reclaim(part, is_cancelled_);
    }

private:
    Store& store_;
    PruneStep step_;
    std::atomic<bool> is_cancelled_ = false;
};

}  // namespace

int run_small_tables(const fs::path& data, const fs::path& log, TablesKind kind, uint64_t seed) {
    constexpr size_t blocks = 120;
    constexpr size_t block_transactions = 6;
    constexpr uint64_t genesis_time = 0x66000000;
    const Executed first = build_genesis(genesis(), native_types());
    auto opened =
        Store::open(data, {.identity = StoreIdentity{genesis().chain_id, first.block.hash},
                           .write_buffer_bytes = size_t{64} << 10,
                           .is_synced = kind != TablesKind::unsynced});
    if (!opened) {
        std::cerr << opened.error().what << "\n";
        return 1;
    }
    Store& store = **opened;
    store.commit({first.block, first.receipts, first.changes, first.nodes});
    const Rules rules{genesis().chain_id, native_types()};
    const Witness witness(log);
    Load source(LoadKind::contracts, seed);
    PruningBeside pruning(store);
    for (size_t i = 1; i <= blocks; ++i) {
        const auto parent = store.head();
        Proposal proposal{{}, parent->header().state_root, {}};
        proposal.header.parent_hash = parent->hash();
        proposal.header.number = i;
        proposal.header.timestamp = genesis_time + i;
        proposal.header.gas_limit = parent->header().gas_limit;
        proposal.header.base_fee = next_base_fee(parent->header());
        for (size_t k = 0; k < block_transactions; ++k)
            proposal.transactions.push_back(recover_transaction(source.next()).value());
        const Executed block = execute(*parent, *parent, rules, proposal);
        store.commit({block.block, block.receipts, block.changes, block.nodes});
        for (const TransactionPtr& transaction : block.block.transactions)
            witness.note({i, block.block.hash, transaction->hash});
        if (kind == TablesKind::pruned) pruning.after(i);
    }
    return 0;
}

bool torture_power(const Plan& plan) {
    bool is_good = true;
    const size_t share = plan.trials / (workloads.size() + 2);
    const fs::path data = plan.work / "data";
    const fs::path log = plan.work / "log";
    const auto fresh = [&] {
        fs::remove_all(data);
        fs::remove(log);
    };
    for (const Workload& workload : workloads) {
        fresh();
        Report report("power cut: " + workload.name);
        record(plan, workload, data, log);
        judge_images(log, data, share, plan.seed, false, report);
        is_good = report.print() && is_good;
    }
    fresh();
    Report small("power cut: small tables");
    record_small_tables(plan, data, log, TablesKind::synced);
    judge_images(log, data, share, plan.seed, false, small);
    is_good = small.print() && is_good;

    fresh();
    Report pruned("power cut: small tables whose history is pruned");
    record_small_tables(plan, data, log, TablesKind::pruned);
    judge_images(log, data, plan.trials - share * (workloads.size() + 1), plan.seed, false, pruned);
    is_good = pruned.print() && is_good;

    fresh();
    control().no_sync = 1;
    record(plan, workloads.front(), data, log);
    calm();
    is_good = torture_control(plan, "a disk that only says it has synced", data, log) && is_good;
    fresh();
    record_small_tables(plan, data, log, TablesKind::unsynced);
    is_good = torture_control(plan, "a store that does not sync its log", data, log) && is_good;
    fresh();
    return is_good;
}

}  // namespace plume::torture
