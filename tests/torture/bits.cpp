#include <fstream>
#include <iostream>
#include <random>

#include "chain/verify.hpp"
#include "crypto/keccak.hpp"
#include "rpc/client.hpp"
#include "store/disk.hpp"
#include "torture/process.hpp"
#include "torture/report.hpp"
#include "torture/tortures.hpp"
#include "torture/witness.hpp"

namespace plume::torture {

namespace {

namespace fs = std::filesystem;
namespace json = boost::json;

constexpr size_t lives = 6;
constexpr size_t life_transactions = 60;
/// Historical states that are asked for.
constexpr uint64_t history_step = 7;

/// Asks a node for everything, and keeps the hash of what it says.
class Survey {
public:
    explicit Survey(rpc::Client client) : client_(std::move(client)) {}

    /// The hash of all answers; an error when one did not come.
    Result<Hash> run() {
        TRY(head, ask("eth_blockNumber", {}));
        const auto newest = std::stoull(std::string(head.as_string()), nullptr, 16);
        for (uint64_t number = 0; number <= newest; ++number)
            if (auto asked = block(number); !asked) return asked.error();
        for (const std::string& address : addresses_)
            for (uint64_t number = newest % history_step; number <= newest; number += history_step)
                if (auto asked = account(address, number); !asked) return asked.error();
        return keccak256(view_of(heard_));
    }

private:
    Result<rpc::Json> ask(std::string_view method, json::array params) {
        TRY(reply, client_.call(method, std::move(params)));
        if (reply.error) return Error{.what = reply.error->message};
        heard_ += json::serialize(reply.result) + "\n";
        return reply.result;
    }

    Result<void> block(uint64_t number) {
        const json::string tag(quantity(number));
        TRY(block, ask("eth_getBlockByNumber", {tag, true}));
        TRY(receipts, ask("eth_getBlockReceipts", {tag}));
        TRY(by_hash, ask("eth_getBlockByHash", {block.at("hash"), false}));
        for (const auto& transaction : block.at("transactions").as_array()) {
            TRY(found, ask("eth_getTransactionReceipt", {transaction.at("hash")}));
            remember(transaction.at("to"));
            remember(transaction.at("from"));
            remember(found.at("contractAddress"));
        }
        const json::object range{{"fromBlock", tag}, {"toBlock", tag}};
        TRY(logs, ask("eth_getLogs", {range}));
        return {};
    }

    Result<void> account(const std::string& address, uint64_t number) {
        const json::string tag(quantity(number));
        json::array slots;
        for (unsigned slot = 0; slot < 1'024; slot += 41)
            slots.push_back(json::string(quantity(slot)));
        TRY(proof, ask("eth_getProof", {json::string(address), slots, tag}));
        TRY(code, ask("eth_getCode", {json::string(address), tag}));
        return {};
    }

    void remember(const rpc::Json& address) {
        if (!address.is_string()) return;
        const std::string text(address.as_string());
        if (std::ranges::find(addresses_, text) == addresses_.end() && addresses_.size() < 60)
            addresses_.push_back(text);
    }

    static std::string quantity(uint64_t number) {
        std::array<char, 19> text{};
        std::snprintf(text.data(), text.size(), "0x%llx", static_cast<unsigned long long>(number));
        return text.data();
    }

    rpc::Client client_;
    std::string heard_;
    std::vector<std::string> addresses_;
};

/// What a node on `data` answers, as a process that prints the hash of it: code 0; 1 and a reason
/// when it does not start or an answer does not come.
Ended survey(const fs::path& data) {
    return in_child(
        [&] {
            auto node = Node::start(node_options(data));
            if (!node) {
                std::cerr << "error: " << node.error().what << "\n";
                return 1;
            }
            auto client = rpc::Client::make((*node)->url());
            const auto hash = Survey(std::move(*client)).run();
            if (!hash) {
                std::cerr << "error: " << hash.error().what << "\n";
                return 1;
            }
            std::cout << "answers " << to_hex(*hash) << "\n";
            return 0;
        },
        180);
}

/// What plume verify does.
Ended verified(const fs::path& data) {
    return in_child(
        [&] {
            const auto store = Store::open(data, {.is_read_only = true});
            const auto files = store ? (*store)->verify_files() : Result<void>(store.error());
            if (!files) {
                std::cerr << "error: " << files.error().what << "\n";
                return 1;
            }
            const auto head = (*store)->head();
            const auto whole = head ? verify(*head) : Result<Verified>(Error{.what = "no chain"});
            if (!whole) std::cerr << "error: " << whole.error().what << "\n";
            return whole ? 0 : 1;
        },
        180);
}

std::string answers_of(const Ended& ended) {
    const size_t at = ended.said.find("answers 0x");
    return at == std::string::npos ? "" : ended.said.substr(at, 74);
}

/// The files of a data directory, and whether each holds data: what else there is can be lost
/// without loss.
std::vector<std::pair<fs::path, bool>> files_of(const fs::path& data) {
    std::vector<std::pair<fs::path, bool>> out;
    for (const auto& entry : fs::recursive_directory_iterator(data)) {
        const std::string name = entry.path().filename().string();
        if (!entry.is_regular_file() || entry.file_size() == 0) continue;
        const bool is_data = name.ends_with(".sst") || name.ends_with(".log") ||
                             name.starts_with("MANIFEST") || name == "CURRENT" || name == "VERSION";
        out.emplace_back(entry.path().lexically_relative(data), is_data);
    }
    std::ranges::sort(out);
    return out;
}

void flip(const fs::path& path, uint64_t bit) {
    std::fstream file(path, std::ios::in | std::ios::out | std::ios::binary);
    file.seekg(static_cast<std::streamoff>(bit / 8));
    const auto byte = static_cast<char>(file.get() ^ (1 << bit % 8));
    file.seekp(static_cast<std::streamoff>(bit / 8));
    file.put(byte);
}

}  // namespace

bool torture_bits(const Plan& plan) {
    Report report("flipped bits");
    const fs::path base = plan.work / "base";
    const fs::path data = plan.work / "data";
    const fs::path witness = plan.work.string() + ".witness";
    fs::remove_all(base);
    Load source(LoadKind::contracts, plan.seed);
    for (size_t i = 0; i < lives; ++i) {
        const auto load = source.take(life_transactions);
        const Ended ended = in_child([&] { return run_node(base, load, witness); });
        check(ended.code == 0, "a node does its work: " + ended.text());
    }
    const auto copy = [&] {
        fs::remove_all(data);
        fs::copy(base, data, fs::copy_options::recursive);
    };
    copy();
    const Ended whole = survey(data);
    const std::string answers = answers_of(whole);
    check(!answers.empty(), "a whole directory gives its answers: " + whole.text());

    const auto files = files_of(base);
    std::mt19937_64 random(plan.seed);
    for (size_t i = 0; i < plan.trials; ++i) {
        // Half of them anywhere by size; half of them file by file, for the small ones count too.
        uint64_t total = 0;
        for (const auto& [file, is_data] : files) total += fs::file_size(base / file);
        uint64_t byte = random() % total;
        size_t chosen = i % files.size();
        for (size_t k = 0; i % 2 == 0 && k < files.size(); ++k) {
            chosen = k;
            const uint64_t size = fs::file_size(base / files[k].first);
            if (byte < size) break;
            byte -= size;
        }
        const auto& [file, is_data] = files[chosen];
        const uint64_t bit = random() % (8 * fs::file_size(base / file));
        const std::string what = file.string() + " bit " + std::to_string(bit);

        copy();
        flip(data / file, bit);
        const Ended found = verified(data);
        const Ended told = survey(data);
        report.count("flips");
        if (is_data) report.count("of data");
        if (is_data && found.code != 0) report.count("of data found by verify");
        if (is_data && found.code == 0) std::cerr << "verify does not find " << what << "\n";
        if (told.signal != 0 || found.signal != 0)
            report.wrong(what + ": " + told.text() + " | " + found.text());
        if (told.code != 0)
            report.count(told.code == disk_exit_code ? "stopped" : "refused");
        else if (answers_of(told) == answers)
            report.count("all answers right");
        else
            report.wrong(what + " gives other answers");
    }
    fs::remove_all(data);
    fs::remove_all(base);
    return report.print();
}

}  // namespace plume::torture
