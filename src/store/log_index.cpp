#include "store/log_index.hpp"

#include <algorithm>
#include <iterator>

#include "store/engine.hpp"
#include "store/schema.hpp"

namespace plume {

namespace {

bool contains(const auto& wanted, const auto& item) {
    return wanted.empty() || std::ranges::find(wanted, item) != wanted.end();
}

/// A condition of a query: the keys of which a block must have one.
using Alternatives = std::vector<Key>;

std::vector<Alternatives> conditions_of(const LogQuery& query) {
    std::vector<Alternatives> out;
    Alternatives addresses;
    for (const Address& address : query.addresses)
        addresses.push_back(schema::log_address(address));
    if (!addresses.empty()) out.push_back(std::move(addresses));
    for (size_t position = 0; position < query.topics.size(); ++position) {
        Alternatives topics;
        for (const Hash& topic : query.topics[position])
            topics.push_back(schema::log_topic(position, topic));
        if (!topics.empty()) out.push_back(std::move(topics));
    }
    if (out.empty()) out.push_back({schema::any_log()});
    return out;
}

/// The blocks in range with one of the alternatives, ascending.
std::vector<uint64_t> find_blocks(Cursor& cursor, const Alternatives& alternatives, uint64_t from,
                                  uint64_t to) {
    std::vector<uint64_t> out;
    for (const Key& item : alternatives) {
        for (cursor.seek(Key(item).add_number(from));
             cursor.valid() && starts_with(cursor.key(), item); cursor.next()) {
            const uint64_t number = schema::trailing_number(cursor.key());
            if (number > to) break;
            out.push_back(number);
        }
    }
    std::ranges::sort(out);
    out.erase(std::ranges::unique(out).begin(), out.end());
    return out;
}

}  // namespace

bool matches(const LogQuery& query, const Log& log) {
    if (!contains(query.addresses, log.address)) return false;
    if (query.topics.size() > log.topics.size()) return false;
    for (size_t i = 0; i < query.topics.size(); ++i)
        if (!contains(query.topics[i], log.topics[i])) return false;
    return true;
}

namespace {

/// The keys of what the block's logs carry.
std::vector<Key> keys_of(uint64_t number, const std::vector<Receipt>& receipts) {
    std::vector<Key> items;
    for (const Receipt& receipt : receipts) {
        for (const Log& log : receipt.logs) {
            items.push_back(schema::log_address(log.address));
            for (size_t i = 0; i < log.topics.size(); ++i)
                items.push_back(schema::log_topic(i, log.topics[i]));
        }
    }
    if (items.empty()) return items;
    items.push_back(schema::any_log());
    std::ranges::sort(items, std::less<>{});
    items.erase(std::ranges::unique(items).begin(), items.end());
    for (Key& item : items) item.add_number(number);
    return items;
}

}  // namespace

void index_logs(WriteBatch& batch, uint64_t number, const std::vector<Receipt>& receipts) {
    for (const Key& key : keys_of(number, receipts)) batch.put(Table::log_index, key, {});
}

void forget_logs(WriteBatch& batch, uint64_t number, const std::vector<Receipt>& receipts) {
    for (const Key& key : keys_of(number, receipts)) batch.erase(Table::log_index, key);
}

std::vector<uint64_t> find_logs(const Snapshot& snapshot, const LogQuery& query) {
    Cursor cursor = snapshot.cursor(Table::log_index);
    std::optional<std::vector<uint64_t>> out;
    for (const Alternatives& alternatives : conditions_of(query)) {
        auto blocks = find_blocks(cursor, alternatives, query.from, query.to);
        if (out) {
            std::vector<uint64_t> both;
            std::ranges::set_intersection(*out, blocks, std::back_inserter(both));
            blocks = std::move(both);
        }
        out = std::move(blocks);
        if (out->empty()) break;
    }
    return std::move(*out);
}

}  // namespace plume
