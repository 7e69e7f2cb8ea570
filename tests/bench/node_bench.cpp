// Load on a running node, over JSON-RPC: what tests/clients/bench/node.mjs measures nodes with.
//
//   node_bench transactions --port P --pid PID --chain-id N --calls FILE [--connections 64]
//              [--rate PER_SECOND] [--mine] [--verify]
//   node_bench reads        --port P --pid PID --requests FILE [--connections 64] [--seconds 3]
//              [--ahead 1]
//
// `transactions` signs the calls of FILE, a line each: private key, nonce, receiver, wei, gas
// limit, data; then it sends each as one eth_sendRawTransaction on a connection that stays open,
// with one request under way on a connection and all of a sender's on the same one. The clock runs
// from the first byte until every sender's nonce shows that all are in blocks; with --mine one
// evm_mine is part of it. A node that leaves some waiting is told to mine once nothing has moved
// for a while. With --rate transactions are sent at that pace and each one's inclusion is timed,
// by looking for new blocks all the time. With --verify every receipt is fetched afterwards and
// must tell of success. `reads` sends the bodies of FILE, a line each, round after round, on
// each connection `ahead` at a time before it reads the answers.
//
// The outcome is a line of JSON. The CPU time of the server is that of /proc/PID/stat; `foreign`
// are the cores that were busy with neither of the two.
#include <sys/resource.h>

#include <CLI/CLI.hpp>
#include <algorithm>
#include <boost/json.hpp>
#include <chrono>
#include <cstdio>
#include <fstream>
#include <map>
#include <memory>
#include <sstream>
#include <thread>
#include <unordered_map>
#include <vector>

#include "bench/load_connection.hpp"
#include "crypto/signature.hpp"
#include "types/transaction.hpp"

namespace plume::bench {
namespace {

using Clock = std::chrono::steady_clock;
using boost::json::array;
using boost::json::object;

constexpr size_t batch_size = 500;
/// How long nothing may move before a node is told to mine, and how often it is told.
constexpr double stall_seconds = 0.3;
constexpr size_t kicks_max = 1'000;
constexpr uint64_t fee_max = 1'000'000'000'000;
constexpr uint64_t tip = 1'000'000'000;

struct Options {
    uint16_t port = 0;
    int pid = 0;
    uint64_t chain_id = 31'337;
    std::string calls;
    std::string requests;
    size_t connections = 64;
    size_t ahead = 1;
    double rate = 0;
    double seconds = 3;
    bool mines = false;
    bool verifies = false;
};

double seconds_since(Clock::time_point start) {
    return std::chrono::duration<double>(Clock::now() - start).count();
}

/// CPU seconds: of the server, of this program, of everything on the machine.
struct Usage {
    double server = 0;
    double own = 0;
    double machine = 0;
};

double ticks(double count) {
    return count / static_cast<double>(::sysconf(_SC_CLK_TCK));
}

Usage usage(int pid) {
    Usage out;
    std::ifstream stat("/proc/" + std::to_string(pid) + "/stat");
    const std::string text((std::istreambuf_iterator<char>(stat)), {});
    check(text.find(')') != std::string::npos, "the server is a process of this machine");
    std::istringstream fields(text.substr(text.rfind(')') + 2));
    std::string skipped;
    for (int i = 0; i < 11; ++i) fields >> skipped;
    double user = 0;
    double kernel = 0;
    fields >> user >> kernel;
    out.server = ticks(user + kernel);

    rusage own{};
    ::getrusage(RUSAGE_SELF, &own);
    for (const timeval& time : {own.ru_utime, own.ru_stime})
        out.own += static_cast<double>(time.tv_sec) + static_cast<double>(time.tv_usec) / 1e6;

    std::ifstream machine("/proc/stat");
    std::string name;
    double column = 0;
    machine >> name;
    // user, nice, system, idle, iowait, irq, softirq, steal
    for (int i = 0; i < 8 && machine >> column; ++i)
        if (i != 3 && i != 4) out.machine += ticks(column);
    return out;
}

void add_usage(object& out, const Usage& before, const Usage& after, double seconds, size_t count) {
    const double server = after.server - before.server;
    const double own = after.own - before.own;
    const double each = 1e6 / static_cast<double>(count);
    out["seconds"] = seconds;
    out["per_second"] = static_cast<double>(count) / seconds;
    out["server_us"] = server * each;
    out["server_cores"] = server / seconds;
    out["generator_us"] = own * each;
    out["generator_cores"] = own / seconds;
    out["foreign_cores"] = std::max(0.0, after.machine - before.machine - server - own) / seconds;
}

std::string body_of(std::string_view method, array params, size_t id = 1) {
    return boost::json::serialize(
        object{{"jsonrpc", "2.0"}, {"id", id}, {"method", method}, {"params", std::move(params)}});
}

boost::json::value call(LoadConnection& connection, std::string_view method, array params) {
    const auto answer =
        boost::json::parse(connection.ask(http_request(body_of(method, std::move(params)))));
    const auto& members = answer.as_object();
    if (const auto* error = members.if_contains("error")) fail(boost::json::serialize(*error));
    return members.at("result");
}

/// One transaction on its way.
struct Sent {
    std::string hash;
    std::string sender;
    uint64_t nonce = 0;
    std::string request;
    Clock::time_point at;
    double inclusion = -1;  ///< seconds from sending to the block
};

TransactionPtr sign(const std::string& line, uint64_t chain_id) {
    std::istringstream in(line);
    std::string key, to, value, data;
    Transaction fields;
    check(bool(in >> key >> fields.nonce >> to >> value >> fields.gas_limit >> data),
          "a line of calls has six fields");
    fields.type = TransactionType::dynamic_fee;
    fields.chain_id = chain_id;
    fields.to = Address::from(from_hex(to).value()).value();
    fields.value = parse_decimal(value).value();
    fields.data = from_hex(data).value();
    fields.max_fee_per_gas = u256{fee_max};
    fields.max_priority_fee_per_gas = u256{tip};
    return sign_transaction(std::move(fields), PrivateKey::parse(key).value());
}

std::vector<Sent> sign_all(const Options& options) {
    std::vector<std::string> lines;
    std::ifstream file(options.calls);
    for (std::string line; std::getline(file, line);) lines.push_back(line);
    check(!lines.empty(), "there are calls to make");
    std::vector<Sent> out(lines.size());
    const size_t workers = std::max(1u, std::thread::hardware_concurrency());
    std::vector<std::jthread> threads;
    for (size_t worker = 0; worker < workers; ++worker)
        threads.emplace_back([&, worker] {
            for (size_t i = worker; i < lines.size(); i += workers) {
                const TransactionPtr signed_one = sign(lines[i], options.chain_id);
                const std::string body = R"({"jsonrpc":"2.0","id":)" + std::to_string(i) +
                                         R"(,"method":"eth_sendRawTransaction","params":[")" +
                                         to_hex(signed_one->raw) + R"("]})";
                out[i] = {to_hex(signed_one->hash),
                          to_hex(signed_one->sender),
                          signed_one->fields.nonce,
                          http_request(body),
                          {},
                          -1};
            }
        });
    return out;
}

/// What a connection still has to send.
struct Lane {
    std::unique_ptr<LoadConnection> connection;
    std::vector<size_t> rows;
    size_t next = 0;
    bool is_busy = false;

    bool is_done() const { return next == rows.size() && !is_busy; }
};

class TransactionLoad {
public:
    TransactionLoad(const Options& options, std::vector<Sent> sent)
        : options_(options), sent_(std::move(sent)), watcher_(options.port) {
        lanes_.resize(options.connections);
        std::unordered_map<std::string, size_t> lane_of;
        for (size_t i = 0; i < sent_.size(); ++i) {
            const size_t lane =
                lane_of.try_emplace(sent_[i].sender, lane_of.size() % lanes_.size()).first->second;
            lanes_[lane].rows.push_back(i);
            uint64_t& nonce = nonces_[sent_[i].sender];
            nonce = std::max(nonce, sent_[i].nonce + 1);
        }
        for (size_t i = 0; i < lanes_.size(); ++i) {
            lanes_[i].connection = std::make_unique<LoadConnection>(options.port);
            poll_.add(*lanes_[i].connection, i);
        }
        poll_.add(watcher_, lanes_.size());
        seen_block_ = number(call(watcher_, "eth_blockNumber", {}));
        first_block_ = seen_block_ + 1;
    }

    object run() {
        const Usage before = usage(options_.pid);
        start_ = Clock::now();
        send_all();
        const double acknowledged = seconds_since(start_);
        if (options_.mines) call(watcher_, "evm_mine", {});
        await_all();
        const double seconds = seconds_since(start_);
        object out{{"transactions", sent_.size()}, {"errors", errors_}, {"kicks", kicks_}};
        add_usage(out, before, usage(options_.pid), seconds, sent_.size());
        out["acknowledged_seconds"] = acknowledged;
        out["blocks"] = number(call(watcher_, "eth_blockNumber", {})) + 1 - first_block_;
        if (options_.rate > 0) add_latency(out);
        if (options_.verifies) verify(out);
        if (!sample_.empty()) out["error"] = sample_;
        return out;
    }

private:
    static uint64_t number(const boost::json::value& quantity) {
        return std::strtoull(std::string(quantity.as_string()).c_str(), nullptr, 16);
    }

    void send_all() {
        if (options_.rate > 0)
            for (size_t i = 0; i < sent_.size(); ++i) place_of_[sent_[i].hash] = i;
        size_t unfinished = lanes_.size();
        while (unfinished > 0) {
            unfinished = 0;
            for (Lane& lane : lanes_) {
                if (!lane.is_busy && lane.next < lane.rows.size() && may_send()) send_next(lane);
                unfinished += lane.is_done() ? 0 : 1;
            }
            if (options_.rate > 0) watch();
            poll_.wait(options_.rate > 0 ? 1 : 100, [this](size_t index) { hear(index); });
        }
    }

    bool may_send() const {
        return options_.rate == 0 ||
               static_cast<double>(sent_count_) < seconds_since(start_) * options_.rate;
    }

    void send_next(Lane& lane) {
        Sent& next = sent_[lane.rows[lane.next++]];
        lane.is_busy = true;
        ++sent_count_;
        if (options_.rate > 0) next.at = Clock::now();
        lane.connection->send(next.request);
    }

    void hear(size_t index) {
        if (index == lanes_.size()) return hear_watcher();
        Lane& lane = lanes_[index];
        const auto answer = lane.connection->receive();
        if (!answer) return;
        lane.is_busy = false;
        if (answer->find("\"result\"") == std::string_view::npos) {
            ++errors_;
            if (sample_.empty()) sample_ = *answer;
        }
        if (options_.rate == 0 && lane.next < lane.rows.size()) send_next(lane);
    }

    /// Asks for the next block all the time, so that each one's moment is known.
    void watch() {
        if (is_watching_) return;
        is_watching_ = true;
        char quantity[24];
        std::snprintf(quantity, sizeof quantity, "0x%llx",
                      static_cast<unsigned long long>(seen_block_ + 1));
        watcher_.send(http_request(body_of("eth_getBlockByNumber", {quantity, false})));
    }

    void hear_watcher() {
        const auto answer = watcher_.receive();
        if (!answer) return;
        is_watching_ = false;
        if (answer->find("\"result\":null") != std::string_view::npos) return;
        ++seen_block_;
        const auto block = boost::json::parse(*answer);
        const auto now = Clock::now();
        for (const auto& hash : block.at("result").at("transactions").as_array()) {
            const auto found = place_of_.find(std::string(hash.as_string()));
            if (found == place_of_.end()) continue;
            Sent& included = sent_[found->second];
            included.inclusion = std::chrono::duration<double>(now - included.at).count();
            ++included_;
        }
    }

    void await_all() {
        auto last_block = Clock::now();
        for (size_t included = included_;
             options_.rate > 0 && included_ + errors_ < sent_.size();) {
            if (included_ > included) last_block = Clock::now();
            included = included_;
            if (seconds_since(last_block) > stall_seconds && !is_watching_) {
                kick();
                last_block = Clock::now();
            }
            watch();
            poll_.wait(1, [this](size_t index) { hear(index); });
        }
        while (is_watching_) poll_.wait(1, [this](size_t index) { hear(index); });
        auto last_progress = Clock::now();
        for (size_t missing = sent_.size(); (missing = count_missing()) > errors_;) {
            if (missing < missing_) last_progress = Clock::now();
            missing_ = missing;
            if (seconds_since(last_progress) > stall_seconds) {
                kick();
                last_progress = Clock::now();
            }
            std::this_thread::sleep_for(std::chrono::milliseconds(2));
        }
    }

    void kick() {
        call(watcher_, "evm_mine", {});
        ++kicks_;
        check(kicks_ < kicks_max, "every transaction gets into a block");
    }

    /// How many are not in blocks yet, by their senders' nonces.
    size_t count_missing() {
        size_t missing = 0;
        array requests;
        std::vector<uint64_t> wanted;
        const auto ask = [&] {
            const auto answers = boost::json::parse(
                watcher_.ask(http_request(boost::json::serialize(std::exchange(requests, {})))));
            for (const auto& answer : answers.as_array()) {
                const uint64_t nonce = number(answer.at("result"));
                const uint64_t want = wanted[answer.at("id").to_number<size_t>()];
                missing += want > nonce ? want - nonce : 0;
            }
            wanted.clear();
        };
        for (const auto& [sender, nonce] : nonces_) {
            requests.push_back(object{{"jsonrpc", "2.0"},
                                      {"id", wanted.size()},
                                      {"method", "eth_getTransactionCount"},
                                      {"params", array{sender, "latest"}}});
            wanted.push_back(nonce);
            if (wanted.size() == batch_size) ask();
        }
        if (!wanted.empty()) ask();
        return missing;
    }

    void add_latency(object& out) const {
        std::vector<double> all;
        for (const Sent& each : sent_)
            if (each.inclusion >= 0) all.push_back(each.inclusion * 1e3);
        std::ranges::sort(all);
        const auto quantile = [&](double share) {
            return all.empty() ? 0.0
                               : all[std::min(all.size() - 1,
                                              static_cast<size_t>(share * double(all.size())))];
        };
        out["p50_ms"] = quantile(0.5);
        out["p99_ms"] = quantile(0.99);
        out["max_ms"] = quantile(1);
    }

    void verify(object& out) {
        size_t succeeded = 0;
        for (size_t at = 0; at < sent_.size(); at += batch_size) {
            array requests;
            for (size_t i = at; i < std::min(sent_.size(), at + batch_size); ++i)
                requests.push_back(object{{"jsonrpc", "2.0"},
                                          {"id", i},
                                          {"method", "eth_getTransactionReceipt"},
                                          {"params", array{sent_[i].hash}}});
            const auto answers =
                boost::json::parse(watcher_.ask(http_request(boost::json::serialize(requests))));
            for (const auto& answer : answers.as_array()) {
                const auto& receipt = answer.at("result");
                if (!receipt.is_null() && receipt.at("status") == "0x1") ++succeeded;
            }
        }
        out["succeeded"] = succeeded;
    }

    const Options& options_;
    std::vector<Sent> sent_;
    std::vector<Lane> lanes_;
    LoadConnection watcher_;
    LoadPoll poll_;
    Clock::time_point start_;
    std::map<std::string, uint64_t> nonces_;  ///< that each sender will have
    std::unordered_map<std::string, size_t> place_of_;
    uint64_t first_block_ = 0;
    uint64_t seen_block_ = 0;
    bool is_watching_ = false;
    size_t sent_count_ = 0;
    size_t included_ = 0;
    size_t missing_ = 0;
    size_t errors_ = 0;
    size_t kicks_ = 0;
    std::string sample_;
};

/// A connection with `ahead` requests under way at a time.
struct Reader {
    std::unique_ptr<LoadConnection> connection;
    size_t missing = 0;  ///< answers
};

object run_reads(const Options& options) {
    std::vector<std::string> requests;
    std::ifstream file(options.requests);
    for (std::string line; std::getline(file, line);) requests.push_back(http_request(line));
    check(!requests.empty(), "there are requests to send");
    std::vector<std::string> bundles(requests.size());
    for (size_t i = 0; i < requests.size(); ++i)
        for (size_t k = 0; k < options.ahead; ++k)
            bundles[i] += requests[(i * options.ahead + k) % requests.size()];
    LoadPoll poll;
    std::vector<Reader> readers(options.connections);
    for (size_t i = 0; i < readers.size(); ++i) {
        readers[i].connection = std::make_unique<LoadConnection>(options.port);
        poll.add(*readers[i].connection, i);
    }
    size_t next = 0;
    size_t answered = 0;
    size_t errors = 0;
    const auto send = [&](Reader& reader) {
        reader.missing = options.ahead;
        reader.connection->send(bundles[next++ % bundles.size()]);
    };
    const Usage before = usage(options.pid);
    const auto start = Clock::now();
    for (Reader& reader : readers) send(reader);
    while (seconds_since(start) < options.seconds)
        poll.wait(100, [&](size_t index) {
            Reader& reader = readers[index];
            const LoadConnection::Answers some = reader.connection->receive_some();
            check(some.count <= reader.missing, "one answer comes for one request");
            answered += some.count;
            errors += some.errors;
            reader.missing -= some.count;
            if (reader.missing == 0) send(reader);
        });
    object out{{"requests", answered}, {"errors", errors}};
    add_usage(out, before, usage(options.pid), seconds_since(start), answered);
    return out;
}

int run(int argc, char** argv) {
    Options options;
    CLI::App app("Load on a running node");
    app.require_subcommand(1);
    auto* transactions =
        app.add_subcommand("transactions", "signed ahead, until they are in blocks");
    auto* reads = app.add_subcommand("reads", "requests, round after round");
    for (CLI::App* command : {transactions, reads}) {
        command->add_option("--port", options.port)->required();
        command->add_option("--pid", options.pid)->required();
        command->add_option("--connections", options.connections);
    }
    transactions->add_option("--chain-id", options.chain_id);
    transactions->add_option("--calls", options.calls)->required();
    transactions->add_option("--rate", options.rate);
    transactions->add_flag("--mine", options.mines);
    transactions->add_flag("--verify", options.verifies);
    reads->add_option("--requests", options.requests)->required();
    reads->add_option("--seconds", options.seconds);
    reads->add_option("--ahead", options.ahead)->check(CLI::Range(1, 1'000));
    CLI11_PARSE(app, argc, argv);

    const object out = transactions->parsed() ? TransactionLoad(options, sign_all(options)).run()
                                              : run_reads(options);
    std::printf("%s\n", boost::json::serialize(out).c_str());
    return 0;
}

}  // namespace
}  // namespace plume::bench

int main(int argc, char** argv) {
    return plume::bench::run(argc, argv);
}
