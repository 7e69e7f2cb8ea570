#include "conformance/block_tests.hpp"

#include <map>

#include "chain/execute.hpp"
#include "conformance/block_run.hpp"

namespace plume::conformance {

namespace json = boost::json;

namespace {

/// How far back BLOCKHASH looks.
constexpr uint64_t ancestors_max = 256;

/// Blocks that follow one another, on any number of branches, with the world after each.
class Chain {
public:
    Chain(const Network& network, uint64_t chain_id, const SealedHeader& genesis, WorldPtr world)
        : network_(network), chain_id_(chain_id), last_(genesis.hash) {
        links_[genesis.hash] = {genesis.header, std::move(world), true};
    }

    /// Takes the block, or refuses it.
    Result<void> add(BytesView rlp) {
        TRY(block, decode_block(rlp));
        const Header& header = block.sealed.header;
        const auto parent = links_.find(header.parent_hash);
        if (parent == links_.end()) return Error{.what = "the parent is unknown"};
        const Fork& fork = network_.at(header.timestamp);
        if (auto valid = validate_block(block, parent->second.header, fork); !valid)
            return std::move(valid).error();
        TRY(world, run_block(*parent->second.world, environment_of_block(header, fork), block));
        parent->second.is_tip = false;
        last_ = block.sealed.hash;
        links_[last_] = {header, std::move(world), true};
        return {};
    }

    /// The world after a block that no other follows; null when there is no such block. Which one
    /// counts, consensus says: not the block's number, since the merge.
    const World* world_at_tip(const Hash& hash) const {
        const auto link = links_.find(hash);
        return link == links_.end() || !link->second.is_tip ? nullptr : link->second.world.get();
    }
    /// The hash of the block that was taken last.
    const Hash& last() const { return last_; }

private:
    struct Link {
        Header header;
        WorldPtr world;
        bool is_tip = false;
    };

    BlockEnvironment environment_of_block(const Header& header, const Fork& fork) const {
        BlockEnvironment out = environment_of(header, chain_id_);
        out.revision = fork.revision;
        out.blob_base_fee = blob_base_fee(fork.blobs, header.excess_blob_gas);
        out.blob_count_max = fork.blobs.max;
        out.ancestor_hash = [this, parent = header.parent_hash](uint64_t number) {
            return ancestor(parent, number);
        };
        return out;
    }

    /// The hash of the block with this number among `hash` and its ancestors.
    Hash ancestor(Hash hash, uint64_t number) const {
        for (uint64_t i = 0; i < ancestors_max; ++i) {
            const auto link = links_.find(hash);
            if (link == links_.end()) return {};
            if (link->second.header.number == number) return hash;
            hash = link->second.header.parent_hash;
        }
        return {};
    }

    Network network_;
    uint64_t chain_id_;
    Hash last_;
    std::map<Hash, Link> links_;
};

/// Block 0. It is given, not checked; but what follows from its numbers must be possible.
SealedHeader genesis_of(const json::value& entry) {
    const auto block = decode_block(test::hex_at(entry, "genesisRLP"));
    if (!block) throw test::Malformed("block 0: " + block.error().what);
    const Header& header = block->sealed.header;
    if (header.gas_limit < gas::transaction || header.gas_used > header.gas_limit)
        throw test::Malformed("block 0: not a gas limit");
    return block->sealed;
}

/// A block that a test calls bad names an exception, under one of several keys, or has no header.
bool is_expected_good(const json::value& block) {
    const auto names_exception = [](const auto& member) {
        return std::string_view(member.key()).starts_with("expectException");
    };
    return std::ranges::none_of(test::object_of(block), names_exception) &&
           test::find(block, "blockHeader") != nullptr;
}

void add_block(Outcome& outcome, Chain& chain, const json::value& block, size_t position) {
    const std::string name = "block #" + std::to_string(position);
    const auto rlp = from_hex(test::text_at(block, "rlp"));
    const auto added = rlp ? chain.add(*rlp) : Error{.what = "not hexadecimal digits"};
    const bool is_good = is_expected_good(block);
    if (added.ok() == is_good) return;
    if (is_good) return outcome.fail(name + " is refused, but valid: " + added.error().what);
    const json::value* exception = test::find(block, "expectException");
    outcome.fail(name + " is accepted, but expected to be refused for " +
                 (exception == nullptr ? "some reason" : json::serialize(*exception)));
}

void expect_world(Outcome& outcome, const json::value& entry, const World& found) {
    if (const json::value* accounts = test::find(entry, "postState")) {
        const WorldPtr expected = world_of(*accounts);
        outcome.expect_equal("state root", expected->root, found.root);
        if (expected->root != found.root) outcome.fail(difference(*expected, found));
    } else {
        outcome.expect_equal("state root", test::fixed_of<Hash>(test::at(entry, "postStateHash")),
                             found.root);
    }
}

Outcome run(const json::value& entry, const Network& network) {
    const json::value* config = test::find(entry, "config");
    const json::value* chain_id = config == nullptr ? nullptr : test::find(*config, "chainid");
    const SealedHeader genesis = genesis_of(entry);
    const WorldPtr pre = world_of(test::at(entry, "pre"));
    Outcome outcome;
    outcome.expect_equal("state root of block 0", genesis.header.state_root, pre->root);
    Chain chain(network, chain_id == nullptr ? 1 : test::uint64_of(*chain_id), genesis, pre);
    size_t position = 0;
    for (const json::value& block : test::array_of(test::at(entry, "blocks")))
        add_block(outcome, chain, block, ++position);
    const Hash last = test::fixed_of<Hash>(test::at(entry, "lastblockhash"));
    const World* found = chain.world_at_tip(last);
    if (found == nullptr)
        outcome.expect_equal("hash of the last block", last, chain.last());
    else
        expect_world(outcome, entry, *found);
    return outcome;
}

}  // namespace

Cases block_cases(const Entry& entry) {
    const std::string name = test::text_at(entry.value, "network");
    const auto network = Network::called(name, test::find(entry.value, "config"));
    if (!network) return skipped_case(entry, "the rules of " + name);
    return {{entry.name, [network, &value = entry.value] { return run(value, *network); }}};
}

}  // namespace plume::conformance
