#include "support/trie_entries.hpp"

namespace plume::test {

namespace json = boost::json;

Bytes trie_bytes_of(const json::value& value) {
    if (value.is_null()) return {};
    const std::string_view text = string_of(value);
    return text.starts_with("0x") ? bytes_of(value) : to_bytes(view_of(text));
}

TrieEntries trie_entries_of(const json::value& input) {
    TrieEntries out;
    if (const json::object* object = input.if_object()) {
        for (const auto& [key, value] : *object)
            out.emplace_back(trie_bytes_of(json::value(key)), trie_bytes_of(value));
        return out;
    }
    for (const json::value& entry : array_of(input)) {
        const json::array& pair = array_of(entry);
        if (pair.size() != 2) throw Malformed("not a pair: " + json::serialize(entry));
        out.emplace_back(trie_bytes_of(pair[0]), trie_bytes_of(pair[1]));
    }
    return out;
}

}  // namespace plume::test
