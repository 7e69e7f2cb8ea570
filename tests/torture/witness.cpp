#include "torture/witness.hpp"

#include <fcntl.h>
#include <unistd.h>

#include <atomic>
#include <cstring>
#include <fstream>
#include <iostream>
#include <thread>

#include "chain/verify.hpp"
#include "contracts/catalog.hpp"
#include "torture/process.hpp"

namespace plume::torture {

namespace {

constexpr size_t burst = 6;
constexpr int wait_seconds_max = 30;

std::string missing(const StoreSnapshot& head, const std::vector<Acknowledged>& seen) {
    for (const Acknowledged& one : seen) {
        const auto place = head.locate(one.transaction);
        if (!place || place->block_number != one.number || head.hash(one.number) != one.block ||
            !head.receipt(*place))
            return "transaction " + to_hex(one.transaction) + ", acknowledged in block " +
                   std::to_string(one.number) + ", is not there; the head is block " +
                   std::to_string(head.number());
    }
    return {};
}

std::string judge_closed(const std::filesystem::path& data, const std::vector<Acknowledged>& seen) {
    const auto store = Store::open(data, {});
    if (!store) return store.error().what;
    const auto head = (*store)->head();
    if (head == nullptr) return seen.empty() ? "" : "there is no chain, but something was seen";
    const auto verified = verify(*head);
    if (!verified) return verified.error().what;
    return missing(*head, seen);
}

/// Whether a node starts here, has what was seen and makes a block.
std::string judge_started(const std::filesystem::path& data,
                          const std::vector<Acknowledged>& seen) {
    auto node = Node::start(node_options(data));
    if (!node) return "it does not start: " + node.error().what;
    Chain& chain = (*node)->chain();
    if (auto lacking = missing(*chain.head(), seen); !lacking.empty()) return lacking;
    const auto sent = chain.submit(probe(chain.pending_nonce(probe_sender())));
    if (!sent) return "it refuses a transaction: " + sent.error().what;
    for (int i = 0; i < 1'000 * wait_seconds_max; ++i) {
        if (chain.head()->locate(*sent)) return {};
        std::this_thread::sleep_for(std::chrono::milliseconds(1));
    }
    return "it makes no block";
}

}  // namespace

Witness::Witness(const std::filesystem::path& file)
    : file_(::open(file.c_str(), O_WRONLY | O_CREAT | O_APPEND | O_CLOEXEC, 0600)) {
    check(file_ >= 0, "the file of acknowledgements can be written");
}

Witness::~Witness() {
    ::close(file_);
}

void Witness::note(const Acknowledged& seen) const {
    const RecordHead head{2 * Hash::size, Did::acknowledged, seen.number, 0};
    Bytes record(sizeof(head));
    std::memcpy(record.data(), &head, sizeof(head));
    append(record, seen.block);
    append(record, seen.transaction);
    const ssize_t written = ::write(file_, record.data(), record.size());
    check(written == static_cast<ssize_t>(record.size()), "an acknowledgement is noted");
}

std::vector<Acknowledged> Witness::read(const std::filesystem::path& file) {
    std::ifstream stream(file, std::ios::binary);
    std::vector<Acknowledged> out;
    RecordHead head{};
    while (stream.read(reinterpret_cast<char*>(&head), sizeof(head))) {
        Bytes bytes(head.size);
        stream.read(reinterpret_cast<char*>(bytes.data()), static_cast<std::streamsize>(head.size));
        if (head.did != Did::acknowledged) continue;
        const BytesView view(bytes);
        out.push_back({head.a, *Hash::from(view.first(Hash::size)), *Hash::from(view.last(32))});
    }
    return out;
}

NodeOptions node_options(const std::filesystem::path& data) {
    NodeOptions out{.data = data, .genesis = genesis()};
    out.server.port = 0;
    return out;
}

void give(Node& node, const std::vector<Bytes>& load, const Witness& witness) {
    Chain& chain = node.chain();
    std::atomic<size_t> done{0};
    const auto subscription = chain.on_block([&](const CommittedBlockPtr& block) {
        for (const TransactionPtr& transaction : block->block.transactions) {
            witness.note({block->block.header.number, block->block.hash, transaction->hash});
            ++done;
        }
    });
    for (size_t i = 0; i < load.size(); ++i) {
        const auto sent = chain.submit(load[i]);
        check(sent.ok(), sent ? "" : sent.error().what);
        const bool is_full = (i + 1) % burst == 0 || i + 1 == load.size();
        for (int wait = 0; is_full && done < i + 1; ++wait) {
            check(wait < 5'000 * wait_seconds_max, "a node makes its blocks");
            std::this_thread::sleep_for(std::chrono::microseconds(200));
        }
    }
    chain.unsubscribe(subscription);
}

int run_node(const std::filesystem::path& data, const std::vector<Bytes>& load,
             const std::filesystem::path& witness) {
    auto node = Node::start(node_options(data));
    if (!node) {
        std::cerr << "error: " << node.error().what << std::endl;
        return 1;
    }
    give(**node, load, Witness(witness));
    return 0;
}

std::string judge(const std::filesystem::path& data, const std::vector<Acknowledged>& seen,
                  bool is_started) {
    const Ended ended = in_child(
        [&] {
            std::string why = judge_closed(data, seen);
            if (why.empty() && is_started) {
                why = judge_started(data, seen);
                if (why.empty()) why = judge_closed(data, seen);
            }
            std::cout << why << std::flush;
            return why.empty() ? 0 : 1;
        },
        120);
    return ended.code == 0 ? "" : ended.text();
}

}  // namespace plume::torture
